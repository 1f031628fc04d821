"""The validator tells whether a label meets 27 CFR, and whether it says what the application says."""
