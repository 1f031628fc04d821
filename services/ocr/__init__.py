"""The OCR service: turns images into lines and words."""
