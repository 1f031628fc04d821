"""Draws labels of wine, spirits and malt beverages, correct or with one named defect, so that their truth is known."""
