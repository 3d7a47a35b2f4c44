"""The front desk of a Chinese property office."""

__version__ = "0.1.0"
