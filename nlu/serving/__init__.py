"""Serves the trained archive over HTTP on the loopback (Python 3.10, serving environment: no TensorFlow, no scikit-learn)."""
