"""keccak: the hash as it was before it became SHA-3. The digests are those of its authors' test vectors."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.pv.keccak import keccak


class KeccakTests(SynchronousTestCase):
    def test_nothing_has_a_digest_of_each_length(self) -> None:
        self.assertEqual(keccak(b"", 256).hex(), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
        self.assertEqual(
            keccak(b"", 384).hex(),
            "2c23146a63a29acf99e73b88f8c24eaa7dc60aa771780ccc006afbfa8fe2479b2dd2b21362337441ac12b515911957ff",
        )
        self.assertEqual(
            keccak(b"", 512).hex(),
            "0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304"
            "c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e",
        )

    def test_a_short_text_is_one_block(self) -> None:
        self.assertEqual(keccak(b"abc", 256).hex(), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")

    def test_a_text_of_just_one_block_gets_a_second_for_its_padding(self) -> None:
        self.assertEqual(len({keccak(b"a" * length, 256) for length in (134, 135, 136, 137, 272)}), 5)
        self.assertEqual(keccak(b"a" * 136, 256).hex()[:16], "a6c4d403279fe3e0")
