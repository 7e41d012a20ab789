"""Patterns that several vendors share.

How they are used: a configuration is taken line by line; `volatile` and `errors` patterns are searched in a line
(errors without regard to case, in the line stripped of surrounding blanks); of `secrets` patterns every match in a
line counts, and what the group ``secret`` holds is masked while keyword and type digit stay.

Sources: Cisco, Arista and Juniper command references; the masks of the oxidized models; the gaps that NAPALM's
``sanitized`` output leaves (``enable password`` without type digit, SNMPv3 keys, IS-IS and OSPF keys, pre-shared keys).
"""

from __future__ import annotations

WORD = r"(?P<secret>\S+)"
# A clear-text password may hold blanks; NX-OS and EOS put roles behind it.
REST = r"(?P<secret>\S.*?)(?=\s+(?:role|localizedkey|passphrase)\b|\s*$)"
# 0 clear, 5 MD5, 6 AES, 7 reversible, 8 PBKDF2, 9 scrypt; EOS and XR have 8a, 10 and sha512 besides.
TYPE = r"(?:(?:[0-9]|10|8a|sha512|sha256|clear|encrypted|unencrypted|ciphertext|plaintext)\s+)?"

#: Caught on every platform, behind its own patterns: a word that announces a secret, and a value.
GENERIC_SECRETS = (
    (
        r"(?i)(?:^|[\s-])(?:password|passwd|passphrase|secret|shared-secret|pre-shared-key|psk|auth-key|api-key)\s+"
        r"(?:(?:encrypted|cipher|irreversible-cipher|simple|hash|hash2|plaintext|ciphertext|sha512|sha256|sha1|ascii-text|"
        r"hexadecimal|encrypted-password|local|remote|[0-9]|10|8a)\s+)*"
        r"(?!(?:encryption|recovery|policy|strength|minimum|min-\w+|history|aging|complexity|control|manager|operator)"
        r"(?:\s|$)|level \d|\{|=)\"?(?P<secret>[^\s\";]+)"
    ),
    # A scheme is short: without a bound this takes time that grows with the square of a line of letters.
    r"(?i)[a-z][a-z0-9+.-]{0,19}://[^\s:/@]+:(?P<secret>[^\s@]+)@",
)

CISCO_SECRETS = (
    rf"^\s*enable (?:secret|password) (?:level \d+ )?{TYPE}{REST}",
    rf"^\s*username \S+ .*?\b(?:secret|password) {TYPE}{REST}",
    rf"^\s*(?:secret|password) {TYPE}{REST}",
    rf"^\s*snmp-server community {TYPE}{WORD}",
    (
        r"^\s*snmp-server host \S+ (?:vrf \S+ )?(?:use-vrf \S+ )?(?:(?:traps?|informs?) )?"
        r"(?:version (?:1|2c) )?(?!version 3|vrf |traps? |informs? )(?P<secret>\S+)"
    ),
    rf"^\s*snmp-server user .*?\bauth \S+ {TYPE}{WORD}",
    rf"^\s*snmp-server user .*?\bpriv (?:aes|des|3des|des56|aes-?\d+)(?: \d+)? {TYPE}{WORD}",
    rf"^\s*snmp-server user .*?\bpriv (?!aes\b|des\b|3des\b|des56\b|aes-?\d+\b){WORD}",
    rf"^\s*snmp-server mib community-map {WORD}",
    rf"^\s*(?:radius|tacacs)-server (?:.*?\s)?key {TYPE}{REST}",
    rf"^\s*(?:server-key|server-private .*?\bkey) {TYPE}{WORD}",
    rf"^\s*key (?!chain\b|config-key\b|\d+\s*$){TYPE}{WORD}\s*$",
    rf"^\s*key config-key (?:password-encrypt )?{TYPE}{WORD}",
    rf"^\s*key-string {TYPE}(?:password )?{REST}",
    rf"^\s*(?:ip )?(?:ospf )?authentication-key {TYPE}{WORD}",
    rf"\bauthentication-key \d+ (?:md5|sha1|sha2-256|cmac-aes-128|hmac-sha\S*) {TYPE}{WORD}",
    rf"\bmessage-digest-key \d+ (?:md5|sha\S*) {TYPE}{WORD}",
    rf"\bneighbor \S+ password {TYPE}{WORD}",
    rf"\b(?:isis password|area-password|domain-password|lsp-password|hello-password) {TYPE}{WORD}",
    rf"\b(?:standby|vrrp|glbp) (?:\d+ )?authentication (?:text |md5 key-string ){TYPE}{WORD}",
    rf"\b(?:standby|vrrp|glbp) (?:\d+ )?authentication (?!text\b|md5\b|mode\b){WORD}",
    rf"\bcrypto isakmp key {TYPE}{WORD}",
    rf"\bpre-shared-key (?:(?:local|remote) )?(?:address .*? key )?(?:hex )?{TYPE}{WORD}",
    rf"\bppp (?:chap|pap) (?:sent-username \S+ )?password {TYPE}{WORD}",
    rf"\b(?:ftp|http client) password {TYPE}{WORD}",
    rf"\bwpa-psk (?:ascii|hex) {TYPE}{WORD}",
    rf"\bwpa psk set-key (?:ascii|hex) {TYPE}{WORD}",
)

CISCO_ERRORS = (
    r"^% ?Invalid input",
    r"^% ?Incomplete command",
    r"^% ?Ambiguous command",
    r"^% ?Unknown command",
    r"^% ?Bad ",
    r"^%?\s*Bad mask",
    r"^%.*\boverlaps with\b",
    r"^% ?Error",
    r"^% ?Access denied",
    r"^(?:% ?)?(?:Command )?authorization (?:failed|denied)",
    r"^(?:% ?)?Command rejected",
)
