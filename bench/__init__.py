"""The bench: what a query costs guardian, unbound, dnsmasq and a C program that only echoes, in one run."""
