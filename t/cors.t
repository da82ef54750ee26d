# Requests from other origins (api-core.md 1.10, D-12; decisions 22).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: D-12: the client's development and production origins are allowed by default
--- request eval
[("GET /health") x 6]
--- more_headers eval
["Origin: http://localhost:5173", "Origin: http://127.0.0.1:5173", "Origin: http://localhost:8080",
 "Origin: http://127.0.0.1:8080", "Origin: http://localhost:8033",
     "Origin: https://localhost:5173"]
--- response_headers eval
["Access-Control-Allow-Origin: http://localhost:5173\nAccess-Control-Allow-Credentials: true\n"
 . "Vary: Origin",
 "Access-Control-Allow-Origin: http://127.0.0.1:5173",
     "Access-Control-Allow-Origin: http://localhost:8080",
 "Access-Control-Allow-Origin: http://127.0.0.1:8080", "! Access-Control-Allow-Origin",
 "! Access-Control-Allow-Origin"]



=== TEST 2: without Origin there is nothing of CORS
--- request
GET /health
--- response_headers
! Access-Control-Allow-Origin
! Access-Control-Allow-Credentials
! Access-Control-Expose-Headers
! Vary



=== TEST 3: I-46: only the listed origins, compared as a whole
--- hr_config
hr_cors_origins https://hr.example.com http://Other.example:81;
--- request eval
[("GET /health") x 7]
--- more_headers eval
["Origin: https://hr.example.com", "Origin: http://other.example:81",
    "Origin: http://hr.example.com",
 "Origin: https://hr.example.com:8443", "Origin: https://hr.example.com.evil.example",
 "Origin: https://xhr.example.com", "Origin: null"]
--- response_headers eval
["Access-Control-Allow-Origin: https://hr.example.com",
 "Access-Control-Allow-Origin: http://other.example:81", ("! Access-Control-Allow-Origin") x 5]



=== TEST 4: D-12: the headers that a page may read
--- request
GET /health
--- more_headers
Origin: http://localhost:5173
--- response_headers eval
"Access-Control-Expose-Headers: X-Request-ID, Content-Disposition, X-Successful-Count, "
. "X-Failed-Count, Retry-After, ETag"



=== TEST 5: D-12: errors carry the headers too, whatever made them
--- login eval
[undef, "admin", undef, undef, undef]
--- request eval
["GET /api/auth/me", "GET /api/catalog/search", "GET /nowhere", "PUT /health",
 "POST /api/auth/login\n" . '{"username":"' . 'x' x 3_000_000 . '"}']
--- more_headers eval
[("Origin: http://localhost:5173") x 5]
--- error_code eval
[401, 422, 404, 405, 413]
--- response_headers eval
[("Access-Control-Allow-Origin: http://localhost:5173\nAccess-Control-Allow-Credentials: true") x 5]



=== TEST 6: a preflight: 200, two characters, what is allowed
--- request
OPTIONS /api/auth/login
--- more_headers
Origin: http://localhost:5173
Access-Control-Request-Method: POST
Access-Control-Request-Headers: content-type, x-anything
--- response_headers
Access-Control-Allow-Origin: http://localhost:5173
Access-Control-Allow-Credentials: true
Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS
Access-Control-Max-Age: 600
Vary: Origin
Content-Length: 2
--- response_headers_like
Content-Type: text/plain.*
Access-Control-Allow-Headers: Authorization, Content-Type, X-Requested-With, X-Request-ID, .*
--- response_body chomp
OK



=== TEST 7: D-12: no header is allowed because it was asked for
--- request
OPTIONS /api/auth/login
--- more_headers
Origin: http://localhost:5173
Access-Control-Request-Method: POST
Access-Control-Request-Headers: x-anything
--- raw_response_headers_unlike: x-anything



=== TEST 8: a preflight never reaches a route: unknown paths, wrong methods, no token
--- request eval
["OPTIONS /nowhere", "OPTIONS /api/auth/me", "OPTIONS /health"]
--- more_headers eval
[("Origin: http://localhost:5173\nAccess-Control-Request-Method: DELETE") x 3]
--- error_code eval
[200, 200, 200]



=== TEST 9: a foreign origin is refused its preflight, in the one envelope
--- request
OPTIONS /api/auth/login
--- more_headers
Origin: http://evil.example
Access-Control-Request-Method: POST
--- error_code: 400
--- response_headers
! Access-Control-Allow-Origin
Vary: Origin
Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS
--- json
error.code = BAD_REQUEST
detail ~ CORS



=== TEST 10: so is a method that the service does not have
--- request eval
[("OPTIONS /api/auth/login") x 3]
--- more_headers eval
["Origin: http://localhost:5173\nAccess-Control-Request-Method: PATCH",
 "Origin: http://localhost:5173\nAccess-Control-Request-Method: get",
 "Origin: http://localhost:5173\nAccess-Control-Request-Method: HEAD"]
--- error_code eval
[400, 400, 200]
--- response_headers eval
[("Access-Control-Allow-Origin: http://localhost:5173") x 3]



=== TEST 11: OPTIONS that is no preflight is a wrong method
--- request eval
["OPTIONS /api/auth/me", "OPTIONS /api/auth/me", "OPTIONS /nowhere"]
--- more_headers eval
["Origin: http://localhost:5173", "Access-Control-Request-Method: GET", ""]
--- error_code eval
[405, 405, 404]
--- response_headers eval
["Allow: GET, HEAD", "Allow: GET, HEAD", "! Allow"]



=== TEST 12: D-12: the star is never combined with credentials
--- hr_config
hr_cors_origins *;
--- request eval
["GET /health", "GET /health", "OPTIONS /health"]
--- more_headers eval
["Origin: http://anywhere.example", "Origin: http://anywhere.example\nCookie: a=b",
 "Origin: http://anywhere.example\nAccess-Control-Request-Method: GET"]
--- response_headers eval
[("Access-Control-Allow-Origin: *\n! Access-Control-Allow-Credentials") x 3]



=== TEST 13: a request of a foreign origin is served, the browser keeps the answer from its page
--- login
--- request
GET /api/auth/me
--- more_headers
Origin: http://evil.example
--- response_headers
! Access-Control-Allow-Origin
! Access-Control-Allow-Credentials
--- json
username = admin



=== TEST 14: an answer that may be kept names everything that it depends on
--- login
--- request
GET /api/organization/search-items
--- more_headers
Origin: http://localhost:5173
Accept-Encoding: gzip
--- raw_response_headers_like eval
qr/(?=.*^Vary: Accept-Encoding, Accept-Language\r$)(?=.*^Vary: Origin\r$)/ms
