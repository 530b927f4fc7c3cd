"""Everything that the matrix signs, noun by noun."""

import card_subjects
import document_subjects
import http_subjects
import jws_subjects
import result_subjects

#: Each has `signings(keys)`, where `keys` are the test keys by file name.
_NOUNS = (card_subjects, document_subjects, http_subjects, jws_subjects, result_subjects)


def signings_of(keys):
    """Every subject with every key that may sign it."""
    return [signing for noun in _NOUNS for signing in noun.signings(keys)]
