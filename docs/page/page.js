// The API page: reads /openapi.json, lists its operations, shows one at a time and
// tries it.  No framework, nothing from elsewhere; the token lives in a variable of
// this page and nowhere else.

const TEXT = {
  en: {
    skip: 'To the content', menu: 'Operations', language: 'Language',
    operations: 'Operations', search: 'Search operations', login: 'Log in',
    logout: 'Log out', user: 'User name', password: 'Password', cancel: 'Cancel',
    found: (n, all) => n === all ? `${all} operations` : `${n} of ${all} operations`,
    nothing: 'Nothing matches', loadFailed: 'The description could not be loaded',
    parameters: 'Parameters', body: 'Body', answers: 'Answers', example: 'Example',
    try: 'Try it', send: 'Send', sending: 'Sending…', copyCurl: 'Copy as curl',
    copied: 'Copied', required: 'required', access: 'access', limit: 'at most',
    changes: 'This call changes data.', needsLogin: 'Log in first: this call needs a token.',
    headers: 'Headers', bytes: n => n < 1024 ? `${n} B` : n < 1048576
      ? `${(n / 1024).toFixed(1)} KB` : `${(n / 1048576).toFixed(1)} MB`,
    ms: n => `${n < 10 ? n.toFixed(1) : Math.round(n)} ms`, save: 'Save the file',
    noAnswer: 'No answer from the server', notJson: 'This is not JSON; it is sent as it is.',
    cut: 'The beginning of a long body:', empty: 'No body', unset: 'not set',
    any: 'any', of: 'of', or: 'or', otherMembers: 'other members',
    defaultIs: 'default', optional: 'May be left out.',
    roles: { public: 'everybody', viewer: 'viewer', hr: 'hr', head: 'head', admin: 'admin' },
    kind: { path: 'path', query: 'query', header: 'header' },
    openFile: 'The whole description as a file', keys: '/ goes to the search',
    expired: 'The token is not valid any more, log in again.',
    logoutTold: name => `Log out ${name}`,
  },
  ru: {
    skip: 'К содержанию', menu: 'Операции', language: 'Язык',
    operations: 'Операции', search: 'Поиск операций', login: 'Войти',
    logout: 'Выйти', user: 'Имя пользователя', password: 'Пароль', cancel: 'Отмена',
    found: (n, all) => n === all ? `Операций: ${all}` : `Найдено: ${n} из ${all}`,
    nothing: 'Ничего не найдено', loadFailed: 'Не удалось загрузить описание',
    parameters: 'Параметры', body: 'Тело', answers: 'Ответы', example: 'Пример',
    try: 'Попробовать', send: 'Отправить', sending: 'Отправка…', copyCurl: 'Копировать curl',
    copied: 'Скопировано', required: 'обязательно', access: 'доступ', limit: 'не больше',
    changes: 'Этот вызов меняет данные.', needsLogin: 'Сначала войдите: вызову нужен токен.',
    headers: 'Заголовки', bytes: n => n < 1024 ? `${n} Б` : n < 1048576
      ? `${(n / 1024).toFixed(1)} КБ` : `${(n / 1048576).toFixed(1)} МБ`,
    ms: n => `${n < 10 ? n.toFixed(1) : Math.round(n)} мс`, save: 'Сохранить файл',
    noAnswer: 'Сервер не ответил', notJson: 'Это не JSON; будет отправлено как есть.',
    cut: 'Начало длинного тела:', empty: 'Тела нет', unset: 'не задано',
    any: 'любое', of: 'из', or: 'или', otherMembers: 'другие поля',
    defaultIs: 'по умолчанию', optional: 'Можно не передавать.',
    roles: { public: 'все', viewer: 'viewer', hr: 'hr', head: 'head', admin: 'admin' },
    kind: { path: 'путь', query: 'запрос', header: 'заголовок' },
    openFile: 'Описание целиком в файле', keys: '/ переводит в поиск',
    expired: 'Токен больше не действует, войдите снова.',
    logoutTold: name => `Выйти: ${name}`,
  },
};

const METHODS = ['get', 'post', 'put', 'delete'];
const SHOWN_MAX = 200000;           // characters of an answer that are shown
const $ = id => document.getElementById(id);

let api;                            // the description
let operations = [];                // {id, name, method, path, it}
let language = chooseLanguage();
let token = null;
let user = null;

/* ---- building blocks ---- */

// h('p', {class: 'x'}, 'text', node, [more]): an element; null children are left out
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false));
  return element;
}

function t(name) {
  return TEXT[language][name];
}

// The Russian text of x-ru where there is one.
function told(of, member) {
  const russian = of['x-ru'];
  if (language === 'ru' && russian !== undefined) {
    const text = typeof russian === 'string' ? russian : russian[member];
    if (text) {
      return text;
    }
  }
  return of[member] ?? '';
}

// A path that may break before its slashes.
function pathView(path) {
  return path.split(/(?=\/)/).flatMap((part, i) => i ? [h('wbr'), part] : [part]);
}

// Paragraphs with **bold** and `code`.
function prose(text) {
  return text.trim().split(/\n\s*\n/).filter(Boolean).map(paragraph => h('p', {},
    paragraph.replace(/\s*\n\s*/g, ' ').split(/(\*\*[^*]+\*\*|`[^`]+`|\*[^*\s][^*]*\*)/).map(part =>
      part.startsWith('**') ? h('strong', {}, part.slice(2, -2))
        : part.startsWith('`') ? h('code', {}, part.slice(1, -1))
          : part.startsWith('*') && part.length > 2 ? h('em', {}, part.slice(1, -1)) : part)));
}

function chooseLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  let kept = null;
  try {
    kept = localStorage.getItem('hr-docs-language');
  } catch {
    // storage is off: the browser's language it is
  }
  return [asked, kept, navigator.language?.slice(0, 2)].find(l => l in TEXT) ?? 'en';
}

/* ---- schemas ---- */

function find(ref) {
  return ref.slice(2).split('/').reduce((at, key) =>
    at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], api);
}

// Follows a reference; what stands beside it wins.
function resolve(schema) {
  let result = schema ?? {};
  while (result.$ref) {
    const { $ref, ...beside } = result;
    result = { ...find($ref), ...beside };
  }
  return result;
}

// One object out of allOf.
function merged(schema) {
  const it = resolve(schema);
  if (!it.allOf) {
    return it;
  }
  const result = { ...it, properties: { ...it.properties }, required: [...it.required ?? []] };
  delete result.allOf;
  for (const part of it.allOf.map(merged)) {
    result.type ??= part.type;
    for (const [name, property] of Object.entries(part.properties ?? {})) {
      result.properties[name] = name in result.properties
        ? { allOf: [result.properties[name], property] } : property;
    }
    result.required.push(...part.required ?? []);
    result.additionalProperties ??= part.additionalProperties;
  }
  return result;
}

function typeName(schema) {
  const it = merged(schema);
  if ('const' in it) {
    return JSON.stringify(it.const);
  }
  if (it.oneOf) {
    return it.oneOf.map(typeName).join(` ${t('or')} `);
  }
  const types = [].concat(it.type ?? (it.properties ? 'object' : t('any')));
  return types.map(type => type === 'array' && it.items
    ? `array ${t('of')} ${typeName(it.items)}` : type).join(` ${t('or')} `);
}

// Limits in words: "1…50", "≥ 1", pattern, values.
function limits(schema) {
  const it = merged(schema);
  const said = [];
  const range = (low, high, unit) => {
    if (low !== undefined || high !== undefined) {
      said.push((low === undefined ? `≤ ${high}` : high === undefined ? `≥ ${low}`
        : `${low}…${high}`) + unit);
    }
  };
  range(it.minimum, it.maximum, '');
  range(it.minLength, it.maxLength, language === 'ru' ? ' симв.' : ' chars');
  range(it.minItems, it.maxItems, language === 'ru' ? ' эл.' : ' items');
  if (it.enum) {
    said.push(it.enum.map(value => JSON.stringify(value)).join(', '));
  }
  if (it.default !== undefined) {
    said.push(`${t('defaultIs')} ${JSON.stringify(it.default)}`);
  }
  return said.join(' · ');
}

// A value that the schema allows, from its examples.
function sample(schema, depth = 0) {
  const it = merged(schema);
  if (it.examples?.length) {
    return it.examples[0];
  }
  if ('const' in it) {
    return it.const;
  }
  if (it.default !== undefined) {
    return it.default;
  }
  if (it.enum) {
    return it.enum[0];
  }
  if (it.oneOf) {
    return sample(it.oneOf[0], depth);
  }
  const type = [].concat(it.type ?? (it.properties ? 'object' : 'null'))[0];
  switch (type) {
    case 'object': {
      const result = {};
      for (const [name, property] of depth > 6 ? [] : Object.entries(it.properties ?? {})) {
        if (it.required?.includes(name) || merged(property).examples) {
          result[name] = sample(property, depth + 1);
        }
      }
      return result;
    }
    case 'array': return depth > 6 || !it.items ? [] : [sample(it.items, depth + 1)];
    case 'string': return '…';
    case 'integer': case 'number': return it.minimum ?? 0;
    case 'boolean': return false;
    default: return null;
  }
}

// The members of a schema; inner ones are made when they are opened, because schemas
// may contain themselves.
function schemaView(schema, depth = 0) {
  const it = merged(schema);
  const inner = innerOf(it);
  const rows = [];

  for (const [name, property] of Object.entries(it.properties ?? {})) {
    rows.push(memberView(name, property, it.required?.includes(name), depth));
  }
  if (it.additionalProperties && typeof it.additionalProperties === 'object') {
    rows.push(memberView('*', it.additionalProperties, false, depth));
  } else if (it.additionalProperties === true) {
    rows.push(h('div', { class: 'row kind' }, `… ${t('otherMembers')}`));
  }
  if (!rows.length && inner) {
    return schemaView(inner, depth);
  }
  if (!rows.length) {
    rows.push(h('div', { class: 'row kind' }, h('span', { class: 'type' }, typeName(it)),
      limits(it) ? ` ${limits(it)}` : null));
  }
  return h('div', { class: 'schema' }, rows);
}

// The schema whose members are worth opening: of elements, of the alternative that is no null.
function innerOf(it) {
  if (it.items) {
    const items = merged(it.items);
    return items.properties || items.items || items.oneOf || items.additionalProperties ? items : null;
  }
  return it.oneOf?.map(merged).find(one => one.properties || one.additionalProperties || one.items) ?? null;
}

function memberView(name, property, required, depth) {
  const it = merged(property);
  const head = [
    h('span', { class: 'mono' }, name), required ? h('span', { class: 'needed', title: t('required') }, '*') : null,
    ' ', h('span', { class: 'kind' }, h('span', { class: 'type' }, typeName(it)), limits(it) ? ` ${limits(it)}` : null),
  ];
  const description = it.description ? h('p', {}, it.description) : null;
  const inner = it.properties || typeof it.additionalProperties === 'object' ? it : innerOf(it);

  if (!inner) {
    return h('div', { class: 'row' }, head, description);
  }

  const details = h('details', { class: 'row' }, h('summary', {}, head), description);
  const fill = () => {
    if (!details.querySelector('.inner')) {
      details.append(h('div', { class: 'inner' }, schemaView(inner, depth + 1)));
    }
  };
  details.addEventListener('toggle', fill);
  if (depth === 0 && it.properties) {
    details.open = true;
    fill();
  }
  return details;
}

/* ---- JSON in colours ---- */

function jsonView(text) {
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\b\d[\d.eE+-]*|\b(?:true|false|null)\b)/);
  return h('pre', { tabindex: '0' }, parts.map((part, i) => i % 2 === 0 ? part
    : h('span', {
      class: /:$/.test(part) ? 'key' : part[0] === '"' ? 'string' : /[a-z]/.test(part[0]) ? 'word' : 'number',
    }, part)));
}

const pretty = value => JSON.stringify(value, null, 2);

/* ---- the list ---- */

function showList() {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = operations.filter(o => words.every(w => o.text.includes(w)));

  $('list').replaceChildren(...api.tags.map(tag => {
    const own = hits.filter(o => o.it.tags[0] === tag.name);
    return own.length ? h('section', {}, h('h2', {}, told(tag, 'name')),
      h('ul', {}, own.map(o => h('li', {}, h('a', {
        href: `#${o.name}`, 'aria-current': current() === o ? 'page' : null,
      }, h('span', { class: `method ${o.method}` }, o.method.toUpperCase()),
      h('span', { class: 'text' }, told(o.it, 'summary')),
      h('span', { class: 'path mono' }, pathView(o.path))))))) : null;
  }).filter(Boolean));

  $('found').textContent = hits.length ? t('found')(hits.length, operations.length) : t('nothing');
}

// Up and down walk through the list, from the search field too.
function walkList(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Enter' && event.target === $('search')) {
    $('list').querySelector('a')?.click();
  }
  if (!step) {
    return;
  }
  const stops = [$('search'), ...$('list').querySelectorAll('a')];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

function openMenu(open) {
  $('side').classList.toggle('open', open);
  $('menu').setAttribute('aria-expanded', String(open));
  if (open) {
    $('search').focus();
  }
}

/* ---- one operation ---- */

function current() {
  const name = decodeURIComponent(location.hash.slice(1));
  return operations.find(o => o.name === name) ?? null;
}

function show() {
  const operation = current();
  $('main').replaceChildren(...operation ? operationView(operation) : firstView());
  document.title = (operation ? `${told(operation.it, 'summary')} · ` : '') + api.info.title;
  showList();
  document.querySelector('#list [aria-current]')?.scrollIntoView({ block: 'nearest' });
}

function firstView() {
  return [
    h('h1', {}, api.info.title), ...prose(told(api.info, 'description')),
    h('p', {}, h('a', { href: '/openapi.json' }, 'openapi.json'), ` — ${t('openFile')}. ${t('keys')}.`),
    h('ul', { class: 'groups' }, api.tags.map(tag => {
      const first = operations.find(o => o.it.tags[0] === tag.name);
      return first ? h('li', {}, h('h3', {}, h('a', { href: `#${first.name}` }, told(tag, 'name'))),
        h('p', {}, told(tag, 'description'))) : null;
    })),
  ];
}

function operationView(o) {
  const parameters = (o.it.parameters ?? []).map(resolve);
  const body = o.it.requestBody;

  return [
    h('h1', {}, told(o.it, 'summary')),
    h('p', { class: 'line' }, h('span', { class: `method ${o.method}` }, o.method.toUpperCase()),
      h('span', { class: 'mono' }, pathView(o.path)),
      h('span', { class: 'chip' }, `${t('access')}: ${t('roles')[o.it['x-access']]}`),
      body ? h('span', { class: 'chip' }, `${t('body')}: ${t('limit')} ${t('bytes')(o.it['x-body-limit'])}`) : null),
    ...prose(told(o.it, 'description')),
    h('div', { class: 'parts' },
      h('div', {},
        parameters.length ? h('section', {}, h('h2', {}, t('parameters')), parameters.map(parameterView)) : null,
        body ? bodyView(body) : null,
        h('section', {}, h('h2', {}, t('answers')),
          Object.entries(o.it.responses).map(([status, answer]) => answerView(status, resolve(answer))))),
      tryView(o, parameters, body)),
  ];
}

function parameterView(p, i) {
  return h('div', { class: 'parameter', id: `about-${i}` },
    h('span', { class: 'mono' }, p.name), p.required ? h('span', { class: 'needed', title: t('required') }, '*') : null,
    ' ', h('span', { class: 'kind' }, `${t('kind')[p.in]} · `,
      h('span', { class: 'type' }, typeName(p.schema)), limits(p.schema) ? ` ${limits(p.schema)}` : null),
    h('p', {}, told(p, 'description')));
}

function bodyView(body) {
  const schema = body.content['application/json'].schema;
  return h('section', {}, h('h2', {}, t('body')),
    body.required ? null : h('p', { class: 'kind' }, t('optional')),
    merged(schema).description ? h('p', {}, merged(schema).description) : null, schemaView(schema));
}

function answerView(status, answer) {
  const bodies = Object.entries(answer.content ?? {});
  const good = /^[23]/.test(status);

  return h('details', { class: 'answer', open: status === '200' },
    h('summary', {}, h('span', { class: `status ${good ? 'good' : 'bad'}` }, status), ` ${answer.description}`),
    h('div', {}, bodies.map(([type, { schema }]) => [
      h('h3', { class: 'mono' }, type), schemaView(schema),
      type.includes('json') ? [h('h3', {}, t('example')), jsonView(pretty(sample(schema)))] : null,
    ]), bodies.length ? null : h('p', { class: 'kind' }, t('empty'))));
}

/* ---- trying ---- */

function fieldFor(p, i) {
  const schema = merged(p.schema);
  const values = schema.enum ?? (schema.type === 'boolean' ? [true, false] : null);
  const attributes = { id: `field-${i}`, name: p.name, 'aria-describedby': `about-${i}`, required: p.required };

  if (values) {
    return h('select', attributes, p.required ? null : h('option', { value: '' }, t('unset')),
      values.map(value => h('option', { value: String(value) }, String(value))));
  }
  if (schema.type === 'array') {
    return h('textarea', { ...attributes, rows: 2 });
  }
  return h('input', {
    ...attributes, autocomplete: 'off', spellcheck: 'false',
    inputmode: schema.type === 'integer' ? 'numeric' : null,
    placeholder: schema.examples?.[0] ?? schema.default ?? '',
    value: p.in === 'path' ? schema.examples?.[0] ?? '' : '',
  });
}

function tryView(o, parameters, body) {
  const result = h('div', { class: 'result', role: 'status' });
  const note = h('p', { class: 'kind', role: 'status' });
  const text = body ? h('textarea', {
    id: 'body', rows: 10, spellcheck: 'false',
    oninput: () => { note.textContent = isJson(text.value) ? '' : t('notJson'); },
  }, body.required ? pretty(sample(body.content['application/json'].schema)) : '') : null;
  const fields = parameters.map((p, i) => ({ p, input: fieldFor(p, i) }));
  const send = h('button', { type: 'submit' }, t('send'));

  const form = h('form', {
    novalidate: true,
    onsubmit: async event => {
      event.preventDefault();
      // everything else may be sent wrong to see the answer; this would be another path
      const empty = fields.find(({ p, input }) => p.in === 'path' && input.value === '');
      if (empty) {
        empty.input.reportValidity();
        return;
      }
      send.disabled = true;
      send.textContent = t('sending');
      await call(requestOf(o, fields, text), result);
      send.disabled = false;
      send.textContent = t('send');
    },
    onkeydown: event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        form.requestSubmit();
      }
    },
  },
  fields.map(({ p, input }) => h('div', { class: 'field' },
    h('label', { for: input.id }, h('span', { class: 'mono' }, p.name),
      p.required ? h('span', { class: 'needed' }, ' *') : null), input)),
  text ? h('div', { class: 'field' }, h('label', { for: 'body' }, t('body')), text, note) : null,
  o.method === 'get' ? null : h('p', { class: 'kind' }, t('changes')),
  o.it['x-access'] !== 'public' && !token ? h('p', { class: 'kind' }, t('needsLogin')) : null,
  h('p', { class: 'buttons' }, send, h('button', {
    type: 'button', class: 'plain',
    onclick: async event => {
      await navigator.clipboard?.writeText(curlOf(requestOf(o, fields, text)));
      event.target.textContent = t('copied');
    },
  }, t('copyCurl'))));

  return h('section', { class: 'try' }, h('h2', {}, t('try')), form, result);
}

function isJson(text) {
  try {
    JSON.parse(text || 'null');
    return true;
  } catch {
    return false;
  }
}

function requestOf(o, fields, text) {
  const query = new URLSearchParams();
  const headers = { 'Accept-Language': language };
  let path = o.path;

  for (const { p, input } of fields) {
    const value = input.value;
    if (p.in === 'path') {
      path = path.replace(`{${p.name}}`, encodeURIComponent(value));
    } else if (value === '') {
      continue;
    } else if (p.in === 'header') {
      headers[p.name] = value;
    } else {
      for (const one of merged(p.schema).type === 'array' ? value.split('\n').filter(Boolean) : [value]) {
        query.append(p.name, one);
      }
    }
  }
  if (token && o.it['x-access'] !== 'public') {
    headers.Authorization = `Bearer ${token}`;
  }
  if (text?.value) {
    headers['Content-Type'] = 'application/json';
  }
  const search = query.toString();
  return {
    method: o.method.toUpperCase(), url: path + (search ? `?${search}` : ''), headers,
    body: text?.value || undefined,
  };
}

// The token is not written into the command: it would stay in the shell's history.
function curlOf(request) {
  const quoted = value => `'${value.replaceAll("'", `'\\''`)}'`;
  const headers = Object.entries(request.headers).map(([name, value]) => name === 'Authorization'
    ? ' -H "Authorization: Bearer $TOKEN"' : ` -H ${quoted(`${name}: ${value}`)}`);
  return `curl -i -X ${request.method} ${quoted(location.origin + request.url)}${headers.join('')}`
    + (request.body ? ` --data-raw ${quoted(request.body)}` : '');
}

async function call(request, result) {
  const began = performance.now();
  try {
    const answer = await fetch(request.url, {
      method: request.method, headers: request.headers, body: request.body, cache: 'no-store',
      credentials: 'same-origin',
    });
    const bytes = await answer.arrayBuffer();
    result.replaceChildren(...answerShown(answer, bytes, performance.now() - began));
    if (answer.status === 401 && token && request.headers.Authorization) {
      signedIn(null, null);
      result.prepend(h('p', { class: 'failed' }, t('expired')));
    }
  } catch (error) {
    result.replaceChildren(h('p', { class: 'failed' }, `${t('noAnswer')}: ${error.message}`));
  }
}

function answerShown(answer, bytes, ms) {
  const type = answer.headers.get('Content-Type') ?? '';
  const rows = [...answer.headers].map(([name, value]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', { class: 'mono' }, value)));

  return [
    h('p', { class: 'told' },
      h('span', { class: `status ${answer.ok || answer.status === 304 ? 'good' : 'bad'}` }, `${answer.status} ${answer.statusText}`),
      h('span', {}, t('ms')(ms)), h('span', {}, t('bytes')(bytes.byteLength))),
    h('details', {}, h('summary', {}, `${t('headers')} (${rows.length})`), h('table', {}, h('tbody', {}, rows))),
    bodyShown(answer, bytes, type),
  ];
}

function bodyShown(answer, bytes, type) {
  if (bytes.byteLength === 0) {
    return h('p', { class: 'kind' }, t('empty'));
  }

  const attachment = answer.headers.get('Content-Disposition');
  const shown = [];

  if (attachment || !/json|text|yaml/.test(type)) {
    const name = /filename\*=UTF-8''([^;]+)/.exec(attachment ?? '')?.[1];
    shown.push(h('p', {}, h('a', {
      href: URL.createObjectURL(new Blob([bytes], { type })),
      download: name ? decodeURIComponent(name) : 'answer',
    }, t('save'))));
  }
  if (/json|text|yaml/.test(type)) {
    let text = new TextDecoder().decode(bytes);
    if (type.includes('json') && isJson(text)) {
      text = pretty(JSON.parse(text));
    }
    if (text.length > SHOWN_MAX) {
      shown.push(h('p', { class: 'kind' }, t('cut')));
      text = text.slice(0, SHOWN_MAX);
    }
    shown.push(type.includes('json') ? jsonView(text) : h('pre', { tabindex: '0' }, text));
  }
  return h('div', {}, shown);
}

/* ---- login ---- */

function signedIn(newToken, newUser) {
  token = newToken;
  user = newUser;
  showAccount();
}

function showAccount() {
  $('account').textContent = user ? t('logoutTold')(user.username) : t('login');
  $('account').classList.toggle('plain', Boolean(user));
}

async function logIn(event) {
  event.preventDefault();
  const form = $('login-form');
  $('login-failed').textContent = '';
  try {
    const answer = await fetch('/api/auth/login', {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'Accept-Language': language },
      body: JSON.stringify({ username: form.username.value, password: form.password.value }),
    });
    const body = await answer.json();
    if (!answer.ok) {
      $('login-failed').textContent = body.message;
      return;
    }
    signedIn(body.access_token, body.user_info);
    form.reset();
    $('login').close();
    show();
  } catch (error) {
    $('login-failed').textContent = `${t('noAnswer')}: ${error.message}`;
  }
}

async function logOut() {
  const headers = { Authorization: `Bearer ${token}` };
  signedIn(null, null);
  show();
  await fetch('/api/auth/logout', { method: 'POST', headers }).catch(() => {});
}

/* ---- start ---- */

function showTexts() {
  document.documentElement.lang = language;
  document.querySelectorAll('[data-text]').forEach(e => { e.textContent = t(e.dataset.text); });
  document.querySelectorAll('[data-label]').forEach(e => e.setAttribute('aria-label', t(e.dataset.label)));
  document.querySelectorAll('[data-hint]').forEach(e => e.setAttribute('placeholder', t(e.dataset.hint)));
  document.querySelectorAll('[data-language]').forEach(e =>
    e.setAttribute('aria-pressed', String(e.dataset.language === language)));
  $('name').replaceChildren(api.info.title, ' ', h('small', {}, api.info.version));
  showAccount();
}

function setLanguage(to) {
  language = to;
  try {
    localStorage.setItem('hr-docs-language', to);
  } catch {
    // not kept, then
  }
  showTexts();
  show();
}

function collect() {
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter(m => item[m])) {
      const it = item[method];
      // the id without the path and the method that follow the name
      const name = it.operationId.slice(0, -(path.length + method.length + 1));
      operations.push({
        name, method, path, it,
        text: [method, path, it.operationId, it.summary, it['x-ru']?.summary, ...it.tags].join(' ').toLowerCase(),
      });
    }
  }
}

function listen() {
  window.addEventListener('hashchange', () => {
    openMenu(false);
    show();
    $('main').focus();
    window.scrollTo(0, 0);
  });
  document.addEventListener('keydown', event => {
    if (event.key === '/' && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      event.preventDefault();
      openMenu(true);
      $('search').focus();
    } else if (event.key === 'Escape' && $('side').classList.contains('open')) {
      openMenu(false);
      $('menu').focus();
    }
  });
  $('search').addEventListener('input', showList);
  $('side').addEventListener('keydown', walkList);
  $('menu').addEventListener('click', () => openMenu(!$('side').classList.contains('open')));
  $('account').addEventListener('click', () => user ? logOut() : $('login').showModal());
  $('login-form').addEventListener('submit', logIn);
  $('login-cancel').addEventListener('click', () => $('login').close());
  document.querySelectorAll('[data-language]').forEach(e =>
    e.addEventListener('click', () => setLanguage(e.dataset.language)));
}

try {
  const answer = await fetch('/openapi.json');
  api = await answer.json();
  collect();
  showTexts();
  listen();
  show();
} catch (error) {
  $('main').replaceChildren(h('p', { class: 'failed' }, `${t('loadFailed')}: ${error.message}`));
}
