"""What a run needs, looked at piece by piece: ``scrapy doctor``."""
