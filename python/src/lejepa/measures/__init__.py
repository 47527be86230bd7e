"""What is measured of an encoder, defined once for training, the arm and the certificates; float64 throughout."""
