# Texts in Russian or English, by Accept-Language (design 7.6).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: the default is that of the server
--- request eval
[("GET /api/auth/me") x 4]
--- more_headers eval
["X: y", "Accept-Language: *", "Accept-Language: de, fr;q=0.9", "Accept-Language:"]
--- error_code eval
[401, 401, 401, 401]
--- json eval
[("detail ~ Требуется вход") x 4]



=== TEST 2: another default
--- hr_config
hr_language en;
--- request eval
[("GET /api/auth/me") x 3]
--- more_headers eval
["X: y", "Accept-Language: de", "Accept-Language: ru"]
--- error_code eval
[401, 401, 401]
--- json eval
["detail ~ required", "detail ~ required", "detail ~ Требуется"]



=== TEST 3: by weight, whatever the order, the spelling and the region
--- request eval
[("GET /api/auth/me") x 12]
--- more_headers eval
["Accept-Language: en", "Accept-Language: EN-us", "Accept-Language: en-GB,ru;q=0.9",
 "Accept-Language: en;q=0.8, ru;q=0.9", "Accept-Language: ru;q=0.1, en;q=0.2",
 "Accept-Language: en-GB;q=0.1, en;q=0.9, ru;q=0.5", "Accept-Language: ru;q=0",
     "Accept-Language: ru;q=0, en;q=0",
 "Accept-Language: en;q=0", "Accept-Language: eng", "Accept-Language: en ; q=0.9 , ru ; q=0.3",
 "Accept-Language: ,,;q=1,en;q=abc, ru;q=0.001"]
--- error_code eval
[(401) x 12]
--- json eval
my ($en, $ru) = ("detail ~ required", "detail ~ Требуется");
[$en, $en, $en, $ru, $en, $en, $en, $ru, $ru, $ru, $en, $ru]



=== TEST 4: every text is in the language: success, error, first problem of a body
--- login
--- request eval
["GET /api/auth/validate", "GET /api/catalog/departments/nowhere",
    "POST /api/organization/unit\n{}",
 "GET /api/catalog/search", "GET /", "GET /nowhere", "GET /api/organization/stats",
 "GET /api/dashboard/stats"]
--- more_headers eval
[("Accept-Language: en") x 8]
--- error_code eval
[200, 404, 400, 422, 200, 404, 200, 200]
--- response_body_unlike eval
[("[\xd0\xd1]") x 6, '"message":"[^"]*[\xd0\xd1]', '"message":"[^"]*[\xd0\xd1]']
--- json eval
["message = The token of user admin is valid", "message ~ was not found", "message ~ is needed",
 "message = query.q: a value is needed", "message ~ Welcome", "message = Not Found",
 "message ~ Statistics", "message ~ Statistics"]



=== TEST 5: ... and in Russian
--- login
--- request eval
["GET /api/catalog/search", "POST /api/organization/unit\n{broken",
    "POST /api/organization/unit\n5",
 "GET /nowhere", "POST /health"]
--- error_code eval
[422, 422, 422, 404, 405]
--- json eval
["detail = query.q: нужно указать значение\nerror.details.validation_errors[0].message ~ required",
 "detail ~ это не JSON", "detail ~ нужен объект JSON", "detail = Не найдено",
 "detail = Метод не поддерживается"]



=== TEST 6: a cached answer is one for each language
--- login
--- request eval
["GET /api/organization/stats", "GET /api/organization/stats", "GET /api/organization/stats",
 "GET /api/organization/stats"]
--- more_headers eval
["Accept-Language: ru", "Accept-Language: en", "Accept-Language: en", "Accept-Language: ru"]
--- response_headers eval
[("Vary: Accept-Language") x 4]
--- json eval
["message ~ Статистика", "message ~ Statistics", "message ~ Statistics", "message ~ Статистика"]



=== TEST 7: nginx's own refusals are in the language too
--- raw_request eval
"GET /health HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\nContent-Length: x\r\n\r\n"
--- error_code: 400
--- json
detail = The request is malformed
