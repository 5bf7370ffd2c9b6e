"""The script modules: each registers functions, variables, parameters and RPC commands by interface."""
