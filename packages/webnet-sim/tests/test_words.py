from __future__ import annotations

import pytest

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, UnknownWord
from webnet_sim.shell.arguments import COMMON_KINDS
from webnet_sim.shell.words import Vocabulary, expand_pattern


@pytest.fixture
def vocabulary() -> Vocabulary[str]:
    words: Vocabulary[str] = Vocabulary(COMMON_KINDS)
    words.add("show version", "version")
    words.add("show vlan [brief]", "vlan")
    words.add("show ip route", "route")
    words.add("terminal length <number>", "length")
    words.add("description <rest>", "description")
    return words


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("show version", "version"),
        ("sh ver", "version"),
        ("SHOW VL", "vlan"),
        ("sh vlan b", "vlan"),
        ("t l 0", "length"),
    ],
)
def test_every_word_may_be_cut_short_while_it_is_unique(vocabulary, typed, target):
    assert vocabulary.match(typed).target == target


def test_a_match_gives_the_full_spelling_and_the_arguments(vocabulary):
    match = vocabulary.match("term le 512")
    assert (match.text, match.arguments, match.literals) == ("terminal length 512", ("512",), 2)


def test_a_rest_keeps_its_inner_blanks(vocabulary):
    assert vocabulary.match("desc to  the   core ").text == "description to  the   core"


def test_a_prefix_of_several_words_is_ambiguous_at_its_column(vocabulary):
    with pytest.raises(AmbiguousWord) as caught:
        vocabulary.match("show v")
    assert (caught.value.word, caught.value.index, caught.value.column) == ("v", 1, 5)


def test_a_word_that_fits_nothing_is_unknown_at_its_column(vocabulary):
    with pytest.raises(UnknownWord) as caught:
        vocabulary.match("show   bogus")
    assert (caught.value.index, caught.value.column) == (1, 7)


@pytest.mark.parametrize("typed", ["show", "show ip", "terminal length"])
def test_a_line_that_stops_early_is_incomplete(vocabulary, typed):
    with pytest.raises(IncompleteLine):
        vocabulary.match(typed)


def test_a_number_is_no_word(vocabulary):
    with pytest.raises(UnknownWord):
        vocabulary.match("terminal length many")


def test_what_may_come_next_is_known(vocabulary):
    assert vocabulary.next_words("show ") == ["ip", "version", "vlan"]
    assert vocabulary.next_words("show v") == ["version", "vlan"]
    assert vocabulary.next_words("show vlan ") == ["brief", "<cr>"]


def test_a_pattern_with_options_stands_for_each_choice():
    assert list(expand_pattern("a [b] (c|d)")) == ["a c", "a d", "a b c", "a b d"]


def test_a_new_pattern_is_known_after_a_line_was_looked_up(vocabulary):
    assert vocabulary.match("sh ver").target == "version"
    vocabulary.add("show verbose", "verbose")
    with pytest.raises(AmbiguousWord):
        vocabulary.match("sh ver")
