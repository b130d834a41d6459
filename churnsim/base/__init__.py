"""What every other package stands on: errors, quantities with units, recipes and probability laws."""
