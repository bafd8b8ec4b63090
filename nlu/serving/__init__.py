"""Serves the trained archive on the loopback (Python 3.10, without TensorFlow and scikit-learn)."""
