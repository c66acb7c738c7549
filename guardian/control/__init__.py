"""Say what the processes of guardian may tell each other over the control socket."""
