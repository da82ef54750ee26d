# Text that looks like a report in the error log.

use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: a report
--- config
--- request
GET /AddressSanitizer
--- error_code: 404
