"""A local Douyin to develop, demonstrate and test against."""
