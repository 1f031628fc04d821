"""How well labels are verified: measured on real labels, and on drawn ones whose truth is known."""
