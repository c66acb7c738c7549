"""Put `guardian dns` together: the clock, the files and the tasks meet here and nowhere below."""
