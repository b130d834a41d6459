"""What users touch: commands, figures, the notebook, the README, the pytest plug-in."""
