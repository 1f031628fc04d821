"""Copies artifacts into a dataset for analysis and training: Parquet tables, images, and a card that describes them."""
