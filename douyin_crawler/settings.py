"""The map: Scrapy's settings as this project uses them, and its own.

Every ``DOUYIN_*`` setting can come from the environment or from a file ``.env``
(beside ``scrapy.cfg``, else in the current folder); ``-s NAME=VALUE`` wins over
both. ``config.py`` checks them and makes them typed.
"""

from __future__ import annotations

from douyin_crawler import exporters
from douyin_crawler.environment import read_environment

_env = read_environment()

BOT_NAME = "douyin_crawler"
SPIDER_MODULES = ["douyin_crawler.spiders"]
NEWSPIDER_MODULE = "douyin_crawler.spiders"
COMMANDS_MODULE = "douyin_crawler.commands"

# --- Ours ---------------------------------------------------------------------

# Where the API is. Moving it moves everything: no other host is asked then.
DOUYIN_BASE_URL = _env.get("DOUYIN_BASE_URL", "https://www.douyin.com")
# The page whose visit hands out a visitor's tokens; the base URL where it is moved.
DOUYIN_VISITOR_URL = _env.get("DOUYIN_VISITOR_URL", "https://live.douyin.com/")
# What signs requests: a_bogus (what the site's script sends) or x_bogus; browser: the
# site's own script, in Chromium; auto: a_bogus, until the service refuses it.
DOUYIN_SIGNER = _env.get("DOUYIN_SIGNER", "a_bogus")
# Where a visitor's tokens come from: plain (one request), or browser (a real page in
# Chromium, whose user agent and screen the requests then have).
DOUYIN_SESSION = _env.get("DOUYIN_SESSION", "plain")
# Seconds after which a session from a page is renewed: some tokens live for minutes.
DOUYIN_SESSION_AGE = _env.get("DOUYIN_SESSION_AGE", 1800.0)
# The Cookie header of your own logged-in browser; empty: a visitor's session.
DOUYIN_COOKIE = _env.get("DOUYIN_COOKIE", "")
# The same as a file: Netscape cookies.txt, or a browser extension's JSON.
DOUYIN_COOKIES_FILE = _env.get("DOUYIN_COOKIES_FILE", "")
# What `scrapy login` keeps, used where neither of the two above is set; empty: none.
# From the folder of scrapy.cfg; on Scrapyd, which has none, an absolute path.
DOUYIN_SESSION_FILE = _env.get("DOUYIN_SESSION_FILE", "data/session.json")
# The profile in which `scrapy login` logs in; from the same folder.
DOUYIN_BROWSER_PROFILE = _env.get("DOUYIN_BROWSER_PROFILE", "data/browser")
# Pages in which the browser makes requests side by side: one that hangs holds up few.
DOUYIN_BROWSER_PAGES = _env.get("DOUYIN_BROWSER_PAGES", 2)
# Chromium's executable; empty: Playwright's own, else the one that is installed.
DOUYIN_CHROMIUM = _env.get("DOUYIN_CHROMIUM", "")
# http://[user:password@]host:port for those who need one.
DOUYIN_PROXY = _env.get("DOUYIN_PROXY", "")
# Where records go: sqlite:///relative.db (from the folder of scrapy.cfg),
# sqlite:////absolute.db, or mongodb://user:password@host:port/database
DOUYIN_STORE = _env.get("DOUYIN_STORE", "sqlite:///data/douyin.db")
# Seconds to wait for a store that is away (restarted, failed over, locked).
DOUYIN_STORE_PATIENCE = _env.get("DOUYIN_STORE_PATIENCE", 120.0)
# Seconds that a target belongs to the run that walks it, renewed while it lives.
DOUYIN_LEASE_SECONDS = _env.get("DOUYIN_LEASE_SECONDS", 30.0)
# Keep bind_phone, birthday and the like (api/private.py) instead of cutting them.
DOUYIN_STORE_PRIVATE = _env.get("DOUYIN_STORE_PRIVATE", False)
# Keyed hashes in place of the ids and names of whom the run was not asked for.
DOUYIN_PSEUDONYMIZE = _env.get("DOUYIN_PSEUDONYMIZE", False)
# The key: 16 random characters or more. Without it nobody can go back.
DOUYIN_PSEUDONYM_SALT = _env.get("DOUYIN_PSEUDONYM_SALT", "")
# Attempts after the first, each signed anew.
DOUYIN_RETRY_TIMES = _env.get("DOUYIN_RETRY_TIMES", 4)
# Seconds before the first retry; doubled each time, at most ten minutes.
DOUYIN_RETRY_PAUSE = _env.get("DOUYIN_RETRY_PAUSE", 3.0)
# Refusals in a row after which all requests wait, and then one is tried.
DOUYIN_BREAKER_REFUSALS = _env.get("DOUYIN_BREAKER_REFUSALS", 5)
# Seconds of the first such wait; doubled each time, at most ten minutes.
DOUYIN_BREAKER_PAUSE = _env.get("DOUYIN_BREAKER_PAUSE", 60.0)
# Waits in vain after which the run ends as blocked; 0: no wait, it ends at once.
DOUYIN_BREAKER_ROUNDS = _env.get("DOUYIN_BREAKER_ROUNDS", 3)
# Requests of a session (a login, or all visitors) in a day of Shanghai; 0: no limit.
DOUYIN_REQUEST_BUDGET = _env.get("DOUYIN_REQUEST_BUDGET", 10_000)
# More such limits, of a plan and of its job: NAME=LIMIT,... (scrapy collect sets it).
DOUYIN_PLAN_BUDGETS = _env.get("DOUYIN_PLAN_BUDGETS", "")
# Variables that hold a plan's store and session: cookie=NAME,store=NAME (scrapy
# schedule sets it: a job of Scrapyd gets their names, and the node has the values).
DOUYIN_VARIABLES = _env.get("DOUYIN_VARIABLES", "")
# Ids that one run remembers, so that feeds have each record once.
DOUYIN_SEEN_IDS = _env.get("DOUYIN_SEEN_IDS", 200_000)
# Seconds between the first lines of progress, later up to 60; 0: none.
DOUYIN_PROGRESS_SECONDS = _env.get("DOUYIN_PROGRESS_SECONDS", 5.0)

# Metrics for Prometheus on this port, or the first free one of the next 15; 0: none.
DOUYIN_METRICS_PORT = _env.get("DOUYIN_METRICS_PORT", 0)
# The address that they are served at: metrics have no password.
DOUYIN_METRICS_HOST = _env.get("DOUYIN_METRICS_HOST", "127.0.0.1")
# Who is told of trouble: addresses as apprise takes them, of the environment only.
DOUYIN_NOTIFY_URLS = _env.get("DOUYIN_NOTIFY_URLS", "")

# --- Politeness: defaults that a careful person would choose ---------------------

CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Seconds, of the session: all processes with one login and one store share them.
DOWNLOAD_DELAY = 1.0
# A random share of the delay, on top of it: an even beat is no person.
DOWNLOAD_DELAY_JITTER = 0.5
# As long as the answers take, the delay becomes; a slow service is asked slowly.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_TIMEOUT = 30.0
# An API client that acts for its user, like a feed reader; see the README.
ROBOTSTXT_OBEY = False

# --- The wire -------------------------------------------------------------------

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
}
_SIGNED = "douyin_crawler.handlers.signed.SignedDownloadHandler"
DOWNLOAD_HANDLERS = {"http": _SIGNED, "https": _SIGNED}
DOWNLOADER_MIDDLEWARES = {
    # Ours reads status and body, renews the signature, and pauses.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "douyin_crawler.middlewares.envelope.EnvelopeMiddleware": 560,
    "douyin_crawler.middlewares.signing.SigningMiddleware": 800,
}
# Only DOUYIN_PROXY counts; a proxy of the environment would see the session.
HTTPPROXY_ENABLED = False
# The session keeps cookies; a jar of Scrapy's would put them into logs.
COOKIES_ENABLED = False
# It would replay a refusal to every retry.
HTTPCACHE_ENABLED = False
# The API's addresses are longer than Scrapy expects.
URLLENGTH_LIMIT = 0
REFERER_ENABLED = False
# The envelope middleware names every answer that is no data.
HTTPERROR_ALLOW_ALL = True
DOWNLOAD_VERIFY_CERTIFICATES = True

# --- Items ----------------------------------------------------------------------

# One after the other: a page's records reach the store in their order, the verdict
# last; and a hundred workers for each answer cost more than they bring.
CONCURRENT_ITEMS = 1
ITEM_PIPELINES = {
    "douyin_crawler.pipelines.privacy.PrivacyPipeline": 50,
    "douyin_crawler.pipelines.clean.CleanPipeline": 100,
    "douyin_crawler.pipelines.dedupe.DedupePipeline": 200,
    "douyin_crawler.pipelines.store.StorePipeline": 900,
}
# It reads the source of the callback for every answer.
WARN_ON_GENERATOR_RETURN_VALUE = False
FEED_EXPORTERS = exporters.FEED_EXPORTERS
FEED_EXPORT_ENCODING = "utf-8"
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"

# --- The rest --------------------------------------------------------------------

EXTENSIONS = {
    "douyin_crawler.extensions.run.RunExtension": 0,
    "douyin_crawler.extensions.progress.ProgressExtension": 10,
    "douyin_crawler.extensions.metrics.MetricsExtension": 20,
    "douyin_crawler.extensions.notify.NotifyExtension": 30,
    # Ours says more, and says it as often.
    "scrapy.extensions.logstats.LogStats": None,
    # Switched off below; that it is looked up at all would import aiohttp's server.
    "scrapy.extensions.remote_control.RemoteControl": None,
}
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOG_FORMATTER = "douyin_crawler.logformatter.QuietLogFormatter"
# Either lets any local user run code in the crawl.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
