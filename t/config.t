# nginx refuses a configuration that cannot work, and says what to do about it.

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: D-31, I-45: without a key for tokens nothing starts
--- hr_config
! hr_jwt_secret_file
--- must_die
--- error_log
hr_api needs more: no "hr_jwt_secret_file": make a key with "openssl rand -hex 32"



=== TEST 2: no database
--- hr_config
! hr_database
--- must_die
--- error_log
hr_api needs more: no "hr_database": name the SQLite file



=== TEST 3: no data of the company
--- hr_config
! hr_data
--- must_die
--- error_log
hr_api needs more: no "hr_data": name the folder with structure.json



=== TEST 4: no vocabularies
--- hr_config
! hr_company
--- must_die
--- error_log
hr_api needs more: no "hr_company"



=== TEST 5: D-31: a key of 31 bytes is too short
--- hr_files
>>> secret
0123456789012345678901234567890
--- must_die
--- error_log eval
qr/hr_jwt_secret_file: the key in ".*secret" has 31 bytes, 32 are the minimum/



=== TEST 6: 32 bytes are enough, the line end does not count
--- hr_files
>>> secret
01234567890123456789012345678901
--- request
GET /health



=== TEST 7: D-31: the default key of the old service is refused
--- hr_files
>>> secret
a101-hr-profile-generator-secret-key-change-in-production
--- must_die
--- error_log
is a published default that everybody knows



=== TEST 8: D-31: the key of its sample settings is refused
--- hr_files
>>> secret
dev-secret-key-change-in-production
--- must_die
--- error_log
is a published default that everybody knows



=== TEST 9: D-31: the key of its container file is refused
--- hr_files
>>> secret
docker-dev-secret-key-a101hr-system
--- must_die
--- error_log
is a published default that everybody knows



=== TEST 10: a key that everybody may read is refused
--- post_setup_server_root
chmod 0644, "$ENV{TEST_NGINX_HR_STATE}/secret";
--- must_die
--- error_log eval
qr/hr_jwt_secret_file: ".*secret" can be read by everybody; run "chmod 600 /



=== TEST 11: the file of the key is missing
--- hr_config
hr_jwt_secret_file $TEST_NGINX_HR_STATE/no-such-file
--- must_die
--- error_log eval
qr/hr_jwt_secret_file: cannot read ".*no-such-file"; make one with "openssl rand/



=== TEST 12: a whole document is no key
--- post_setup_server_root
open my $out, '>', "$ENV{TEST_NGINX_HR_STATE}/secret"; print $out 'k' x 1025; close $out;
--- must_die
--- error_log
has more than 1024 bytes, this is no key



=== TEST 13: the former key is judged like the new one
--- hr_config
hr_jwt_secret_file $TEST_NGINX_HR_STATE/secret $TEST_NGINX_HR_STATE/old
--- hr_files
>>> old
short
--- must_die
--- error_log eval
qr/the key in ".*old" has 5 bytes/



=== TEST 14: the folder of the data cannot be read
--- hr_config
hr_data $TEST_NGINX_HR_STATE/nowhere
--- must_die
--- error_log eval
qr/"hr_data": cannot read the directory ".*nowhere", create it or correct the path/



=== TEST 15: the folder has no structure.json
--- hr_config
hr_data $TEST_NGINX_HR_STATE
--- must_die
--- error_log eval
qr/cannot read ".*structure.json": "hr_data" must name the folder/



=== TEST 16: a broken structure.json is named with line, column and reason
--- hr_config
hr_data $TEST_NGINX_HR_STATE/data
--- hr_files
>>> data/structure.json
{"organization": {
  "Блок": {"number": 1, "positions": ["Директор",], "headcount": null}
}}
--- must_die
--- error_log eval
qr/structure\.json" line 2 column \d+: \S/



=== TEST 17: a structure.json of another shape is refused with the place
--- hr_config
hr_data $TEST_NGINX_HR_STATE/data
--- hr_files
>>> data/structure.json
{"organization": {"Блок": {"number": 1, "positions": "Директор"}}}
--- must_die
--- error_log eval
qr/structure\.json" line \d+ column \d+: .*positions/



=== TEST 18: the folder of the vocabularies has none
--- hr_config
hr_company $TEST_NGINX_HR_STATE
--- must_die
--- error_log eval
qr/cannot read ".*\.json": "hr_company" must name the folder with the company/



=== TEST 19: shards of the cache that are no power of two
--- hr_config
hr_cache size=8m shards=3
--- must_die
--- error_log
"hr_cache": shards=3 is not a power of two



=== TEST 20: a cache that is too small for its shards
--- hr_config
hr_cache size=2m shards=4
--- must_die
--- error_log
"hr_cache": size=2097152 is too small for 4 shards, use at least size=4m



=== TEST 21: the zone of the sessions is too small
--- hr_config
hr_zones sessions=64k data=8m
--- must_die
--- error_log eval
qr/"hr_zones": sessions=65536 is too small, use at least sessions=\d+k/



=== TEST 22: the zone of the data is too small for anything
--- hr_config
hr_zones sessions=1m data=1m
--- must_die
--- error_log
"hr_zones": data=1048576 is too small, use at least data=8m



=== TEST 23: the zone of the data is too small for this organisation
--- hr_config
hr_zones sessions=1m data=8m
hr_data $TEST_NGINX_HR_STATE/data
--- post_setup_server_root
my $dir = "$ENV{TEST_NGINX_HR_STATE}/data";
mkdir $dir;
open my $out, '>', "$dir/structure.json";
my $positions = join ',', map { qq("Position number $_ with a long name") } 1 .. 400;
print $out '{"organization": {', join(',', map {
    qq("Unit $_": {"number": $_, "positions": [$positions]}) } 1 .. 100), '}}';
close $out;
--- must_die
--- error_log eval
qr/data=8388608 is too small: the organisation takes \d+ bytes and three .* use data=\d+m/



=== TEST 24: a thread pool that is not declared
--- hr_config
hr_thread_pools read=hr_elsewhere
--- must_die
--- error_log
thread pool "hr_elsewhere" is not declared: add "thread_pool hr_elsewhere threads=4



=== TEST 25: an unknown parameter
--- hr_config
hr_cache size=8m shard=4
--- must_die
--- error_log
"hr_cache": unknown parameter "shard=4"



=== TEST 26: a number that is none
--- hr_config
hr_limits login=many
--- must_die
--- error_log
"hr_limits": parameter "login=many" is not a number in the allowed range (0 to 100000)



=== TEST 27: a number out of range
--- hr_config
hr_llm location=/llm attempts=11
--- must_die
--- error_log
"hr_llm": parameter "attempts=11" is not a number in the allowed range (1 to 10)



=== TEST 28: a size that is none
--- hr_config
hr_cache size=big
--- must_die
--- error_log
"hr_cache": parameter "size=big" is not a size such as 64m



=== TEST 29: a time that is none
--- hr_config
hr_database $TEST_NGINX_HR_STATE/profiles.db busy_timeout=soon
--- must_die
--- error_log
"hr_database": parameter "busy_timeout=soon" is not a time such as 500ms or 5s



=== TEST 30: a switch that is neither on nor off
--- hr_config
hr_cache size=8m enabled=maybe
--- must_die
--- error_log
"hr_cache": parameter "enabled=maybe" must be "on" or "off"



=== TEST 31: an empty text
--- hr_config
hr_admin name=
--- must_die
--- error_log
"hr_admin": parameter "name=" is empty



=== TEST 32: a parameter that is given twice in one directive
--- hr_config
hr_limits login=5 login=6
--- must_die
--- error_log
"hr_limits": parameter "login=6" is duplicate



=== TEST 33: ... or in two
--- hr_config
hr_cache size=8m
hr_cache shards=2 size=16m
--- must_die
--- error_log
"hr_cache": parameter "size=16m" is duplicate



=== TEST 34: two directives may have different parameters
--- hr_config
hr_cache size=8m
hr_cache shards=2
--- request
GET /health



=== TEST 35: a directive that is given twice
--- hr_config
hr_language ru
hr_language en
--- must_die
--- error_log
"hr_language" directive is duplicate



=== TEST 36: two folders of data
--- hr_config
hr_data $TEST_NGINX_HR_DATA
hr_data $TEST_NGINX_HR_DATA
--- must_die
--- error_log
"hr_data" directive is duplicate



=== TEST 37: two keys of tokens in two directives
--- hr_config
hr_jwt_secret_file $TEST_NGINX_HR_STATE/secret
hr_jwt_secret_file $TEST_NGINX_HR_STATE/secret
--- must_die
--- error_log
"hr_jwt_secret_file" directive is duplicate



=== TEST 38: hr_api twice in a location
--- config
location /again { hr_api; hr_api; }
--- must_die
--- error_log
"hr_api" directive is duplicate



=== TEST 39: a language that the service does not speak
--- hr_config
hr_language fr
--- must_die
--- error_log
invalid value "fr"



=== TEST 40: a layout of times that does not exist
--- hr_config
hr_timestamps local
--- must_die
--- error_log
"hr_timestamps" directive must be "utc" or "naive"



=== TEST 41: a cost of hashes that protects nobody
--- hr_config
hr_bcrypt_cost 3
--- must_die
--- error_log
value must be between 4 and 16



=== TEST 42: a ZIP of more profiles than the limit allows
--- hr_config
hr_bulk_max 1001
--- must_die
--- error_log
value must be between 1 and 1000



=== TEST 43: looking at the files all the time
--- hr_config
hr_data_watch 0
--- must_die
--- error_log
"hr_data_watch": 0ms is too often, use at least 100ms



=== TEST 44: tokens that are dead at once
--- hr_config
hr_token_lifetime 0
--- must_die
--- error_log
"hr_token_lifetime": 0 seconds is not between one minute and 3650 days



=== TEST 45: waiting for the database without end
--- hr_config
hr_database $TEST_NGINX_HR_STATE/profiles.db busy_timeout=1h
--- must_die
--- error_log
"hr_database": busy_timeout=3600000ms is too long, use at most 10m



=== TEST 46: D-13: names that a comma joins
--- hr_config
hr_trusted_hosts localhost,127.0.0.1
--- must_die
--- error_log
"hr_trusted_hosts": "localhost,127.0.0.1" has a comma: put blanks between the names



=== TEST 47: D-13: a name with a port never equals a host
--- hr_config
hr_trusted_hosts localhost:8022
--- must_die
--- error_log
"hr_trusted_hosts": "localhost:8022" has a port: the port does not count



=== TEST 48: D-13: neither does an IPv6 address with a port
--- hr_config
hr_trusted_hosts [::1]:8022
--- must_die
--- error_log
"hr_trusted_hosts": "[::1]:8022" has a port



=== TEST 49: an address instead of a name
--- hr_config
hr_trusted_hosts https://hr.example.com
--- must_die
--- error_log
is an address: only the name is needed



=== TEST 50: a star in the middle of a name
--- hr_config
hr_trusted_hosts hr.*.example.com
--- must_die
--- error_log
is not "*", "*.suffix" or a name



=== TEST 51: D-12: an origin with a path never equals an origin
--- hr_config
hr_cors_origins https://hr.example.com/
--- must_die
--- error_log
"hr_cors_origins": "https://hr.example.com/" is not an origin such as



=== TEST 52: D-12: origins that a comma joins
--- hr_config
hr_cors_origins http://a.example,http://b.example
--- must_die
--- error_log
is not an origin such as



=== TEST 53: an origin without its scheme
--- hr_config
hr_cors_origins hr.example.com
--- must_die
--- error_log
"hr_cors_origins": "hr.example.com" is not an origin such as



=== TEST 54: a proxy that is no address
--- hr_config
hr_trusted_proxies proxy.example.com
--- must_die
--- error_log
"hr_trusted_proxies": "proxy.example.com" is not an address or a network such as 10.0.0.0/8



=== TEST 55: the database is no database
--- hr_files
>>> profiles.db
This is a text and no database, whatever its name says; it is long enough to have pages.
--- must_die
--- error_log eval
qr/\[emerg\].*hr: database ".*profiles\.db": \S/



=== TEST 56: the folder of the database is missing
--- hr_config
hr_database $TEST_NGINX_HR_STATE/missing/profiles.db
--- must_die
--- error_log eval
qr/\[emerg\].*hr: database ".*missing\/profiles\.db": \S/



=== TEST 57: D-31, B-05: without a place for its password the first account is not made
--- hr_config
hr_admin name=admin
--- must_die
--- error_log
the first account needs a place for its password: set "hr_admin password_file=..."



=== TEST 58: the password of the first account cannot be written
--- hr_config
hr_admin password_file=$TEST_NGINX_HR_STATE/missing/admin
--- must_die
--- error_log eval
qr/the password of the first account cannot be written to ".*missing\/admin": No such file/



=== TEST 59: spans need an address
--- hr_config
hr_otlp key_file=$TEST_NGINX_HR_STATE/keys
--- must_die
--- error_log
"hr_otlp" needs endpoint=



=== TEST 60: an address that is none
--- hr_config
hr_otlp endpoint=127.0.0.1:4318
--- must_die
--- error_log
"hr_otlp": endpoint=127.0.0.1:4318 must begin with https:// or http://



=== TEST 61: a part of more than all
--- hr_config
hr_otlp endpoint=http://127.0.0.1:4318 sample=101
--- must_die
--- error_log
"hr_otlp": parameter "sample=101" is not a number in the allowed range (0 to 100)



=== TEST 62: the headers of a collector are lines with a colon
--- hr_config
hr_otlp endpoint=http://127.0.0.1:4318 key_file=$TEST_NGINX_HR_STATE/keys
--- hr_files
>>> keys
a key without a name
--- must_die
--- error_log eval
qr/"hr_otlp": the key file ".*keys" must hold at most 8 lines "<header>: <value>"/
