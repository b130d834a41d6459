"""Figures drawn from frames: nothing here simulates, shows or saves."""
