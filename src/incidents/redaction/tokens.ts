import { ruleOf, type Rule } from './rule.ts'

/**
 * Tokens that say by their form whose they are: a prefix that a provider documents, or one that is as good as unique. Their
 * documentation names prefix and length; where it leaves the length open, a least one stands here, since tokens only grew.
 */
export const tokens: readonly Rule[] = [
  // Clouds
  token('aws-access-key-id', 'AWS access key ids (IAM: unique identifiers)', ['akia', 'asia', 'abia', 'acca', 'a0t'], {
    form: /(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  }),
  token('aws-bedrock-key', 'AWS Bedrock API keys', ['absk'], { form: /ABSK[A-Za-z0-9+/]{100,}={0,2}/ }),
  token('google-api-key', 'Google API keys', ['aiza'], { form: /AIza[\w-]{35}(?![\w-])/ }),
  token('google-oauth-secret', 'Google OAuth client secrets', ['gocspx-'], { form: /GOCSPX-[\w-]{20,}/ }),
  token('google-oauth-token', 'Google OAuth access and refresh tokens', ['ya00.', '0//0'], {
    form: /ya29\.[\w-]{20,}|(?<![\w/])1\/\/0[\w-]{30,}/,
  }),
  token('azure-client-secret', 'Azure AD client secrets', ['0q~'], {
    form: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/,
  }),
  token(
    'azure-key',
    'keys of Azure services by the signature in them',
    ['jqqj00', '+ast', 'azcd', 'acdb', '+acr', 'azse', 'azfu', 'apim'],
    {
      form: /(?<![\w+/])(?:[A-Za-z0-9]{52}JQQJ9(?:9|D)[A-Za-z0-9]{21,}|[A-Za-z0-9+/]{32,76}(?:\+ASt|AzCd|ACDb|\+ACR|AzSe|AzFu|APIM)[A-Za-z0-9+/]{3,8}={0,2})(?![\w+/])/,
    },
  ),
  token('digitalocean-token', 'DigitalOcean tokens', ['dop_v0_', 'doo_v0_', 'dor_v0_'], {
    form: /do[opr]_v1_[0-9a-f]{32,}/,
  }),
  token('heroku-key', 'Heroku API keys', ['hrku-'], { form: /HRKU-[\w-]{30,}/ }),
  token('alibaba-key-id', 'Alibaba Cloud access key ids', ['ltai'], {
    form: /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{12,26}(?![A-Za-z0-9])/,
  }),
  token('tencent-key-id', 'Tencent Cloud secret ids', ['akid'], {
    form: /(?<![A-Za-z0-9])AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])/,
  }),
  token('yandex-key', 'Yandex Cloud API keys and IAM tokens', ['aqvn', 't0.'], {
    form: /(?<![\w.-])(?:AQVN[\w-]{35,}|t1\.[\w-]{20,}\.[\w-]{80,})/,
  }),
  token('cloudflare-key', 'Cloudflare origin CA keys', ['v0.0-'], { form: /v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}/ }),
  token('fly-token', 'Fly.io tokens', ['fm0_', 'fo0_', 'flyv0'], {
    form: /(?<!\w)(?:FlyV1 )?(?:fm[12][a-z]?_[\w+/=-]{20,}|fo1_[\w-]{30,})/,
  }),
  token('netlify-token', 'Netlify tokens', ['nfp_'], { form: /(?<![A-Za-z0-9])nfp_[A-Za-z0-9]{36,}/ }),
  token('tailscale-key', 'Tailscale keys', ['tskey-'], {
    form: /tskey-[a-z]{2,12}-[A-Za-z0-9]{6,}(?:-[A-Za-z0-9]{6,})?/,
  }),
  token('planetscale-key', 'PlanetScale passwords and tokens', ['pscale_'], {
    form: /pscale_(?:pw|tkn|oauth)_[\w.=-]{30,}/,
  }),
  token('supabase-key', 'Supabase tokens', ['sbp_', 'sb_secret_'], {
    form: /(?<![A-Za-z0-9])(?:sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,})/,
  }),
  token('databricks-token', 'Databricks tokens', ['dapi'], {
    form: /(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9])/,
  }),
  token('doppler-token', 'Doppler tokens', ['dp.'], {
    form: /(?<![\w.])dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,}/,
  }),
  token('vault-token', 'HashiCorp Vault tokens', ['hvs.', 'hvb.', 'hvr.'], {
    form: /(?<![A-Za-z0-9])hv[sbr]\.[\w-]{20,}/,
  }),
  token('terraform-token', 'HCP Terraform tokens', ['.atlasv0.'], { form: /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/ }),
  token('pulumi-token', 'Pulumi tokens', ['pul-'], { form: /(?<![A-Za-z0-9])pul-[0-9a-f]{40}(?![0-9a-f])/ }),
  token('docker-token', 'Docker Hub tokens', ['dckr_pat_', 'dckr_oat_'], { form: /dckr_[po]at_[\w-]{20,}/ }),
  token('docker-swarm-token', 'Docker Swarm join tokens', ['swmtkn-'], {
    form: /SWMTKN-\d-[a-z0-9]{40,}-[a-z0-9]{20,}/,
  }),
  token('onepassword-token', '1Password secret keys and service accounts', ['a0-', 'ops_ey'], {
    form: /(?<![A-Za-z0-9])(?:A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}|ops_ey[\w+/=-]{100,})/,
  }),
  token('age-key', 'age identities', ['age-secret-key-'], { form: /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}/i }),
  // Code, builds and packages
  token('github-token', 'GitHub tokens', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'], {
    form: /(?<![A-Za-z0-9])(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/,
  }),
  token(
    'gitlab-token',
    'GitLab tokens',
    [
      'glpat-',
      'gldt-',
      'glrt-',
      'glcbt-',
      'glptt-',
      'glft-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glsoat-',
      'glffct-',
      'glwt-',
      'gr0000000',
    ],
    { form: /gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[\w.-]{20,300}|(?<!\w)GR1348941[\w-]{20}/ },
  ),
  token('atlassian-token', 'Atlassian and Bitbucket tokens', ['atatt0', 'atctt0', 'atbb', 'atsd'], {
    form: /(?:ATATT3|ATCTT3)[\w=-]{50,}|(?<![A-Za-z0-9])(?:ATBB|ATSD)[A-Za-z0-9]{24,}/,
  }),
  token('npm-token', 'npm tokens', ['npm_'], { form: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/ }),
  token('pypi-token', 'PyPI tokens', ['pypi-age'], { form: /pypi-AgE[\w-]{40,}/ }),
  token('rubygems-key', 'RubyGems keys', ['rubygems_'], { form: /rubygems_[0-9a-f]{32,}/ }),
  token('crates-token', 'crates.io tokens', ['cio'], { form: /(?<![A-Za-z0-9])cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/ }),
  token('nuget-key', 'NuGet keys', ['oy0'], { form: /(?<![A-Za-z0-9])oy2[a-z0-9]{43}(?![A-Za-z0-9])/ }),
  token('clojars-token', 'Clojars tokens', ['clojars_'], { form: /CLOJARS_[a-z0-9]{60}/i }),
  token('jfrog-key', 'JFrog keys and reference tokens', ['akc', 'cmvmd'], {
    form: /(?<![A-Za-z0-9])(?:AKC[A-Za-z0-9]{60,}|cmVmd[A-Za-z0-9]{50,})/,
  }),
  token('circleci-token', 'CircleCI tokens', ['ccipat_'], { form: /CCIPAT_[A-Za-z0-9]{10,}_[0-9a-f]{40}/ }),
  token('buildkite-token', 'Buildkite tokens', ['bkua_', 'bkat_'], { form: /bk[ua]{2}_[0-9a-f]{40}|bkat_[\w-]{40,}/ }),
  token('sonar-token', 'SonarQube tokens', ['squ_', 'sqp_', 'sqa_'], { form: /(?<![A-Za-z0-9])sq[upa]_[0-9a-f]{40}/ }),
  token('sourcegraph-token', 'Sourcegraph tokens', ['sgp_'], {
    form: /(?<![A-Za-z0-9])sgp_(?:[\w]{1,20}_)?[0-9a-f]{40}/,
  }),
  token('jetbrains-token', 'permanent tokens of YouTrack, Hub and TeamCity', ['perm:', 'perm-'], {
    form: /(?<![A-Za-z0-9])perm[:-][\w+/=]{10,}\.[\w+/=.-]{10,}/,
  }),
  token('postman-key', 'Postman keys', ['pmak-'], { form: /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/ }),
  token('readme-key', 'ReadMe keys', ['rdme_'], { form: /(?<![A-Za-z0-9])rdme_[a-z0-9]{60,}/ }),
  token('infracost-key', 'Infracost keys', ['ico-'], { form: /(?<![A-Za-z0-9])ico-[A-Za-z0-9]{32}(?![A-Za-z0-9])/ }),
  token('prefect-key', 'Prefect keys', ['pnu_', 'pnb_'], {
    form: /(?<![A-Za-z0-9])pn[ub]_[A-Za-z0-9]{36}(?![A-Za-z0-9])/,
  }),
  // Chat and mail
  token(
    'slack-token',
    'Slack tokens',
    ['xoxa-', 'xoxb-', 'xoxe-', 'xoxe.', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxc-', 'xoxd-', 'xapp-'],
    {
      form: /(?<![A-Za-z0-9])(?:xoxe\.xox[bp]-|xox[abceoprsd]-|xapp-)[\w%-]{10,}/,
    },
  ),
  token('discord-token', 'Discord bot tokens, beside a word that tells', ['discord', 'bot ', 'token'], {
    form: /(?<![\w.-])[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/,
  }),
  token('telegram-token', 'Telegram bot tokens', ['00000000:aa'], { form: /(?<!\d)\d{8,10}:AA[\w-]{32,34}(?![\w-])/ }),
  token('sendgrid-key', 'SendGrid keys', ['sg.'], { form: /(?<![A-Za-z0-9])SG\.[\w-]{16,32}\.[\w-]{32,64}/ }),
  token('mailgun-key', 'Mailgun keys', ['key-', 'mailgun'], {
    form: /(?<![\w-])(?:key-[0-9a-f]{32}|pubkey-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![\w-])/,
  }),
  token('mailchimp-key', 'Mailchimp keys', ['-us0'], { form: /(?<![A-Za-z0-9])[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])/ }),
  token('brevo-key', 'Brevo keys', ['xkeysib-', 'xsmtpsib-'], {
    form: /x(?:keysib|smtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}/,
  }),
  token('twilio-key', 'Twilio API keys', ['sk0', 'ska', 'skb', 'skc', 'skd', 'ske', 'skf'], {
    form: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/,
  }),
  // Money and shops
  token('stripe-key', 'Stripe keys', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_prod_', 'rk_prod_'], {
    form: /(?<![A-Za-z0-9])[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}/,
  }),
  token('stripe-webhook-secret', 'signing secrets of webhooks (Stripe, Svix)', ['whsec_'], {
    form: /whsec_[A-Za-z0-9+/=]{20,}/,
  }),
  token('square-token', 'Square tokens', ['sq0atp-', 'sq0csp-', 'eaaa'], {
    form: /sq0(?:atp|csp)-[\w-]{20,}|(?<![A-Za-z0-9])EAAA[\w-]{50,70}(?![\w-])/,
  }),
  token('paypal-token', 'PayPal and Braintree access tokens', ['access_token$'], {
    form: /access_token\$(?:production|sandbox)\$[a-z0-9]{12,20}\$[0-9a-f]{32}/,
  }),
  token('shopify-token', 'Shopify tokens', ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shpua_', 'shptka_', 'shprt_'], {
    form: /shp(?:at|ca|pa|ss|ua|tka|rt)_[0-9a-fA-F]{32}/,
  }),
  token('easypost-key', 'EasyPost keys', ['ezak', 'eztk'], {
    form: /(?<![A-Za-z0-9])EZ[AT]K[A-Za-z0-9]{54}(?![A-Za-z0-9])/,
  }),
  token('shippo-token', 'Shippo tokens', ['shippo_'], { form: /shippo_(?:live|test)_[0-9a-f]{40}/ }),
  token('facebook-token', 'Meta access tokens', ['eaa'], {
    form: /(?<![A-Za-z0-9])EAA[A-Za-z0-9]{90,}(?![A-Za-z0-9])/,
  }),
  // Models
  token('anthropic-key', 'Anthropic keys', ['sk-ant-'], { form: /sk-ant-[a-z0-9]{2,10}-[\w-]{20,}/ }),
  token('openrouter-key', 'OpenRouter keys', ['sk-or-v0-'], { form: /sk-or-v1-[0-9a-f]{40,}/ }),
  token('openai-key', 'OpenAI keys, and those of services made like it', ['sk-'], {
    form: /(?<![A-Za-z0-9-])sk-(?:(?:proj|svcacct|admin|None)-)?(?=[\w-]{0,200}\d)[\w-]{20,}/,
  }),
  token('huggingface-token', 'Hugging Face tokens', ['hf_', 'api_org_'], {
    form: /(?<![A-Za-z0-9])(?:hf_|api_org_)[A-Za-z0-9]{34,}/,
  }),
  token('replicate-token', 'Replicate tokens', ['r0_'], { form: /(?<![A-Za-z0-9])r8_[A-Za-z0-9]{37,}/ }),
  token('groq-key', 'Groq keys', ['gsk_'], { form: /(?<![A-Za-z0-9])gsk_[A-Za-z0-9]{40,}/ }),
  token('perplexity-key', 'Perplexity keys', ['pplx-'], { form: /pplx-[A-Za-z0-9]{40,}/ }),
  token('xai-key', 'xAI keys', ['xai-'], { form: /(?<![A-Za-z0-9])xai-[A-Za-z0-9]{60,}/ }),
  token('langsmith-key', 'LangSmith keys', ['lsv0_'], { form: /lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}/ }),
  // Telemetry and work
  token('newrelic-key', 'New Relic keys', ['nrak-', 'nrii-', 'nrjs-', 'nrra-', 'nral'], {
    form: /NR(?:AK|II|RA)-[\w-]{20,}|NRJS-[0-9a-f]{19}|(?<![A-Za-z0-9])[0-9a-zA-Z]{36}NRAL|(?<![0-9a-f])[0-9a-f]{36}FFFFNRAL/,
  }),
  token('datadog-key', 'Datadog keys that have a prefix', ['ddapp_', 'ddp_', 'ddat_'], {
    form: /(?<![A-Za-z0-9])dd(?:app|p|at)_[A-Za-z0-9]{30,}/,
  }),
  token('grafana-token', 'Grafana tokens', ['glsa_', 'glc_ey', 'eyjrijoi'], {
    form: /glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_ey[\w+/=-]{30,}|(?<![\w-])eyJrIjoi[\w+/=-]{60,}/,
  }),
  token('sentry-token', 'Sentry tokens', ['sntrys_', 'sntryu_'], {
    form: /sntrys_ey[\w+/=-]{40,}|sntryu_[0-9a-f]{64}/,
  }),
  token('dynatrace-token', 'Dynatrace tokens', ['dt0c00.', 'dt0s'], {
    form: /dt0[cs]\d\d\.[A-Za-z0-9]{8,24}\.[A-Za-z0-9]{60,}/,
  }),
  token('elastic-key', 'Elastic Cloud keys', ['essu_'], { form: /essu_[\w+/=-]{40,}/ }),
  token('posthog-key', 'PostHog personal keys', ['phx_'], { form: /(?<![A-Za-z0-9])phx_[A-Za-z0-9]{30,}/ }),
  token('linear-key', 'Linear keys', ['lin_api_', 'lin_oauth_'], { form: /lin_(?:api|oauth)_[A-Za-z0-9]{32,}/ }),
  token('notion-token', 'Notion tokens', ['ntn_', 'secret_'], {
    form: /(?<![A-Za-z0-9])(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?![A-Za-z0-9]))/,
  }),
  token('figma-token', 'Figma tokens', ['figd_', 'figo_'], { form: /(?<![A-Za-z0-9])fig[do]_[\w-]{30,}/ }),
  token('airtable-token', 'Airtable tokens, beside a word that tells', ['airtable', 'token', 'api_key', 'bearer'], {
    form: /(?<![A-Za-z0-9])pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/,
  }),
  token('contentful-token', 'Contentful tokens', ['cfpat-'], { form: /CFPAT-[\w-]{40,}/ }),
  token('typeform-token', 'Typeform tokens', ['tfp_'], { form: /(?<![A-Za-z0-9])tfp_[\w.=-]{40,}/ }),
  token('dropbox-token', 'Dropbox tokens', ['sl.'], { form: /(?<![\w.-])sl\.(?:u\.)?[\w-]{100,}/ }),
  token('mapbox-token', 'Mapbox secret tokens', ['sk.eyj'], { form: /(?<![A-Za-z0-9])sk\.eyJ[\w-]{20,}\.[\w-]{20,}/ }),
  token('adafruit-key', 'Adafruit IO keys', ['aio_'], { form: /(?<![A-Za-z0-9])aio_[A-Za-z0-9]{28}(?![A-Za-z0-9])/ }),
  token('octopus-key', 'Octopus Deploy keys', ['api-'], {
    form: /(?<![A-Za-z0-9-])API-[A-Z0-9]{26,32}(?![A-Za-z0-9-])/,
  }),
  token('adobe-secret', 'Adobe client secrets', ['p0e-'], { form: /(?<![A-Za-z0-9])p8e-[A-Za-z0-9_-]{32}(?![\w-])/ }),
  token('authress-key', 'Authress service keys', ['.acc-', '.acc_'], {
    form: /(?<!\w)(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,120}/i,
  }),
  token('clickhouse-key', 'ClickHouse Cloud secrets', ['0b0d'], {
    form: /(?<![A-Za-z0-9])4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])/,
  }),
  token('defined-key', 'Defined Networking keys', ['dnkey-'], { form: /dnkey-[\w=-]{26}-[\w=-]{52}/ }),
  token('duffel-token', 'Duffel tokens', ['duffel_'], { form: /duffel_(?:test|live)_[\w=-]{40,}/ }),
  token('facebook-token', 'Meta application tokens', ['00000|'], { form: /(?<!\d)\d{15,16}\|[\w-]{27,40}(?![\w-])/ }),
  token('flutterwave-key', 'Flutterwave keys', ['flwseck'], { form: /FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?/ }),
  token('frameio-token', 'Frame.io tokens', ['fio-u-'], { form: /fio-u-[\w=-]{60,}/ }),
  token('openshift-token', 'OpenShift user tokens', ['sha000~'], { form: /sha256~[\w-]{43}(?![\w-])/ }),
  token('plaid-token', 'Plaid access tokens', ['access-'], {
    form: /access-(?:sandbox|development|production)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/,
  }),
  token('scalingo-token', 'Scalingo tokens', ['tk-us-', 'tk-eu-'], { form: /(?<![A-Za-z0-9])tk-(?:us|eu)-[\w-]{40,}/ }),
  token('settlemint-token', 'SettleMint tokens', ['sm_aat_', 'sm_pat_', 'sm_sat_'], {
    form: /(?<![A-Za-z0-9])sm_[aps]at_[A-Za-z0-9]{16}(?![A-Za-z0-9])/,
  }),
  token('maxmind-key', 'MaxMind licence keys', ['_mmk'], {
    form: /(?<![A-Za-z0-9])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/,
  }),
  token('sonar-token', 'SonarQube tokens in the place of a user', ['sonar.login'], {
    form: /sonar\.login["']?\s?[=:]\s?["']?(?<secret>[\w-]{40})(?![\w-])/,
  }),
  token('bundler-key', 'credentials of gem servers in variables of Bundler', ['bundle_'], {
    form: /BUNDLE_\w{3,80}__\w{2,12}["']?\s?[=:]\s?["']?(?<secret>[^\s:"'\uD800]{3,80}:[^\s"'\uD800]{3,80})/,
  }),
  // Whoever made it
  token('jwt', 'JSON web tokens, signed or encrypted (RFC 7519)', ['eyj'], {
    form: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){1,3}/,
  }),
  token('jwt', 'JSON web tokens in base 64 once more', ['zxlk'], { form: /(?<![\w+/-])ZXlK[\w+/-]{60,}={0,2}/ }),
  token('jwk', 'the private part of a JSON web key (RFC 7517)', ['"kty'], {
    form: /"[dk]\\{0,7}"\s*:\s*\\{0,7}"(?<secret>[\w-]{16,})/,
  }),
  token('putty-key', 'the check sum of a PuTTY key', ['private-mac'], {
    form: /Private-MAC:\s?(?<secret>[0-9a-f]{40,64})/,
  }),
  token(
    'password-hash',
    'hashed passwords: crypt(5) and kin, LDAP (RFC 2307)',
    [
      '$0$',
      '$0a$',
      '$0b$',
      '$0x$',
      '$0y$',
      '$y$',
      '$gy$',
      '$apr0$',
      '$argon0',
      '$scrypt',
      '$pbkdf',
      '$sha0$',
      '$md0',
      'sha}',
      'sha000}',
      'md0}',
      'crypt}',
      'pbkdf0_sha',
    ],
    {
      form: /\$(?:1|apr1|5|6)\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{0,16}\$[./A-Za-z0-9]{20,86}|\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{40,53}|\$(?:y|gy|7)\$[./A-Za-z0-9]{1,40}\$[./A-Za-z0-9]{0,86}\$[./A-Za-z0-9]{40,44}|\$(?:argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,12}|sha1|md5)\$[\w=,.+/$-]{16,}|\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT)\}[\w+/=.$]{8,}|(?<!\w)pbkdf2_sha\d{1,3}\$\d+\$[\w+/=$]{20,}/,
    },
  ),
]

function token(kind: string, what: string, anchors: readonly string[], { form }: { readonly form: RegExp }): Rule {
  return ruleOf(kind, what, anchors, form)
}
