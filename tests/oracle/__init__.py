"""Hold guardian's verdicts against those of dnsmasq and unbound, which hold the same rules."""
