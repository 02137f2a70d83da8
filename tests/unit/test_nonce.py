"""Random inputs: repeatable with the seed, different for every test, and not a function of what a test shows."""

from gradewright.suite.nonce import Nonce

SEED = bytes(range(16))


def draw(seed: bytes, test: str) -> tuple:
    nonce = Nonce(seed, test)
    return nonce(), nonce.number(), nonce.tokens(5), nonce.choice("abcdef"), nonce.random(), nonce.sample(range(100), 4)


def test_the_same_seed_and_test_draw_the_same():
    assert draw(SEED, "a") == draw(SEED, "a")


def test_another_test_or_seed_draws_differently():
    assert draw(SEED, "a")[:2] != draw(SEED, "b")[:2]
    assert draw(SEED, "a")[:2] != draw(bytes(16), "a")[:2]


def test_tokens_are_different_and_start_with_a_letter():
    tokens = Nonce(SEED, "a").tokens(200, length=4)
    assert len(set(tokens)) == 200
    assert all(len(token) == 4 and token[0].isalpha() and token.isalnum() for token in tokens)


def test_numbers_cover_their_whole_range():
    nonce = Nonce(SEED, "range")
    assert {nonce.number(1, 3) for _draw in range(200)} == {1, 2, 3}
    assert all(0.0 <= nonce.random() < 1.0 for _draw in range(200))


def test_bits_are_not_those_of_the_standard_generator():
    """random.Random's own state must play no part: its outputs can be continued from 624 of them."""
    nonce = Nonce(SEED, "a")
    nonce.seed(1)
    first = [nonce.getrandbits(32) for _draw in range(3)]
    again = Nonce(SEED, "a")
    assert first == [again.getrandbits(32) for _draw in range(3)]
