"""Touch the machine: its paths, files, ports and network interfaces."""
