import pytest

pytest.register_assert_rewrite(
    "tests.stores.contract",
    "tests.stores.reading_contract",
    "tests.stores.walks_contract",
)
