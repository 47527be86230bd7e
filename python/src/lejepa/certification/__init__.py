"""Certify an encoder from pairs of its embeddings."""
