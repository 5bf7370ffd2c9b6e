# -*- test-case-name: tests.modules.cfgutils.test_chance -*-
"""chance: things that happen to some of the calls: rand_event() and $RANDOM."""

from __future__ import annotations

from random import Random

from sipapp.module import ConfigError, Context, modparam, pseudo_variable, rpc_command, script_function


def percent(text: bytes) -> int:
    """A literal probability. Raises ConfigError."""
    if not text.isdigit() or int(text) > 100:
        raise ConfigError(f"a probability is 0 to 100 percent, got {text.decode(errors='replace')!r}")
    return int(text)


class Chance:
    """A probability for all of the server, and random numbers."""

    initial_probability: int = modparam(default=10, minimum=0, maximum=100, unit="%", doc="probability at start")

    def start_chance(self) -> None:
        self.random = Random()
        self.probability = self.initial_probability

    @script_function(parse={"probability": percent})
    def rand_set_prob(self, probability: int) -> int:
        """Set the probability (0 to 100 %) with which rand_event() is true."""
        self.probability = probability
        return 1

    @script_function()
    def rand_reset_prob(self) -> int:
        """Set the probability back to `initial_probability`."""
        self.probability = self.initial_probability
        return 1

    @script_function()
    def rand_get_prob(self) -> int:
        """The probability (%) as return code; 0 % ends the script, as every 0 does."""
        return self.probability

    @script_function()
    def rand_event(self) -> int:
        """True in `probability` percent of the calls."""
        return 1 if self.random.random() * 100 < self.probability else -1

    @pseudo_variable("RANDOM", integer=True)
    def pv_random(self, ctx: Context) -> int:
        """$RANDOM: a random number from 0 to 2147483647, a new one each time."""
        return self.random.getrandbits(31)

    @rpc_command("cfgutils.rand_set_prob")
    def rpc_set_prob(self, probability: int) -> None:
        """Set the probability (0 to 100 %) of rand_event()."""
        if not 0 <= probability <= 100:
            raise ConfigError(f"a probability is 0 to 100 percent, got {probability}")
        self.probability = probability

    @rpc_command("cfgutils.rand_reset_prob")
    def rpc_reset_prob(self) -> None:
        """Set the probability of rand_event() back to `initial_probability`."""
        self.probability = self.initial_probability

    @rpc_command("cfgutils.rand_get_prob")
    def rpc_get_prob(self) -> str:
        """The probability of rand_event(), in words."""
        return f"actual probability: {self.probability} percent"
