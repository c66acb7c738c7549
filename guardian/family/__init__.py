"""Hold what this family decided: children, devices, hours, rules."""
