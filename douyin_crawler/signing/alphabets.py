"""Standard base64 over the alphabets of the site's script."""

from __future__ import annotations

from base64 import b64encode
from string import ascii_letters, digits
from typing import NewType

Alphabet = NewType("Alphabet", bytes)

_STANDARD = f"{ascii_letters[26:]}{ascii_letters[:26]}{digits}+/".encode()


def _alphabet(letters: bytes) -> Alphabet:
    return Alphabet(bytes.maketrans(_STANDARD, letters))


XB = _alphabet(b"Dkdpgh4ZKsQB80/Mfvw36XI1R25-WUAlEi7NLboqYTOPuzmFjJnryx9HVGcaStCe")
S3 = _alphabet(b"ckdp1h4ZKsUB80/Mfvw36XIgR25+WQAlEi7NLboqYTOPuzmFjJnryx9HVGDaStCe")
S4 = _alphabet(b"Dkdpgh2ZmsQB80/MfvV36XI1R45-WUAlEixNLwoqYTOPuzKFjJnry79HbGcaStCe")


def b64(data: bytes, alphabet: Alphabet) -> bytes:
    """Return *data* in base64 of *alphabet*, padded."""
    return b64encode(data).translate(alphabet)
