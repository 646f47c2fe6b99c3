"""What the project needs, as ``requirements.txt`` has it, which no copy brings."""

REQUIREMENTS = (
    "scrapy>=2.19,<2.20",
    "itemadapter>=0.13",
    "scrapy-playwright>=0.0.48",
    "pymongo>=4.20,<5",
    "cryptography>=43",
    "cronsim>=2.6",
    "msgspec>=0.20",
    "zstandard>=0.25",
    "filelock>=3.16",
    "psutil>=5.9",
    "rich>=15",
    "aiohttp>=3.13",
    "python-dotenv>=1.2",
    "segno>=1.6",
    "zxing-cpp>=3",
)
