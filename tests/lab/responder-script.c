/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lab/responder-script.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a line. */
typedef struct {
  char *rest;
  char *token;     /* NULL at its end */
  const char *bad; /* what is wrong with it; NULL: nothing yet */
} Words;

static void
advance (Words *words)
{
  words->token = strtok_r (NULL, " \t\n", &words->rest);
}

static bool
is_word (const Words *words, const char *text)
{
  return words->token != NULL && strcmp (words->token, text) == 0;
}

static bool
take_word (Words *words, const char *text)
{
  bool is_it = is_word (words, text);

  if (is_it)
    advance (words);

  return is_it;
}

static double
parse_number (Words *words, const char *text, double max)
{
  char *end;
  double value = strtod (text, &end);

  if (end == text || *end != '\0' || !(value >= 0 && value <= max))
    words->bad = "a number that is none, or too large";

  return value;
}

static double
take_number (Words *words, double max)
{
  double value = 0;

  if (words->token == NULL)
    words->bad = "a number is missing";
  else
    value = parse_number (words, words->token, max);
  advance (words);

  return words->bad == NULL ? value : 0;
}

static void
take_range (Words *words, double ret_range[static 2])
{
  char *dots = words->token != NULL ? strstr (words->token, "..") : NULL;

  if (dots == NULL)
    {
      ret_range[0] = ret_range[1] = take_number (words, 600000);
      return;
    }

  *dots = '\0';
  ret_range[0] = parse_number (words, words->token, 600000);
  ret_range[1] = parse_number (words, dots + 2, 600000);
  advance (words);
}

static LabPrefix
take_prefix (Words *words)
{
  LabPrefix prefix = { 0 };
  char *slash = words->token != NULL ? strchr (words->token, '/') : NULL;

  if (take_word (words, "any"))
    return prefix;

  if (slash != NULL)
    *slash = '\0';
  if (words->token != NULL && inet_pton (AF_INET, words->token, prefix.address) == 1)
    prefix.family = 4;
  else if (words->token != NULL && inet_pton (AF_INET6, words->token, prefix.address) == 1)
    prefix.family = 6;
  else
    words->bad = "an address is expected";
  prefix.bits = prefix.family == 6 ? 128 : 32;
  if (slash != NULL)
    prefix.bits = parse_number (words, slash + 1, prefix.bits);
  advance (words);

  return prefix;
}

/* The lowest bit of a field of the message, or of the one that an error quotes. */
static void
take_field (Words *words, LabAction *action)
{
  static const char quoted[] = "quoted-";
  static const struct {
    const char *name;
    int32_t offset;
  } fields[] = {
    { "type", 0 },    { "code", 1 },    { "identifier", 5 }, { "sequence", 7 },
    { "number", 15 }, { "cookie", 23 }, { "padding", 24 },
  };

  action->is_in_quote =
      words->token != NULL && strncmp (words->token, quoted, strlen (quoted)) == 0;
  if (action->is_in_quote)
    words->token += strlen (quoted);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    if (take_word (words, fields[i].name))
      {
        action->flip_offset = fields[i].offset;
        return;
      }

  words->bad = "a field of the message is expected";
}

static void
take_flip (Words *words, LabAction *action)
{
  action->is_sealed = false;
  if (take_word (words, "random"))
    {
      action->flip_offset = LAB_RANDOM_FLIP;
      return;
    }

  action->flip_offset = take_number (words, LAB_MAX_PACKET);
  action->flip_bit = take_number (words, 7);
  action->is_sealed = take_word (words, "sealed");
}

static void
take_fragment (Words *words, LabAction *action)
{
  action->n_fragment = take_number (words, 65528);
  if (action->n_fragment == 0 || action->n_fragment % 8 != 0)
    words->bad = "a fragment has a multiple of 8 bytes";
  action->is_short = take_word (words, "short");
}

/* Whether there was one. */
static bool
take_modifier (Words *words, LabAction *action)
{
  if (take_word (words, "after"))
    take_range (words, action->after_ms);
  else if (take_word (words, "times"))
    action->times = take_number (words, 100);
  else if (take_word (words, "from"))
    action->from = take_prefix (words);
  else if (take_word (words, "ttl"))
    action->ttl = take_number (words, 255);
  else if (take_word (words, "flip"))
    take_flip (words, action);
  else if (take_word (words, "forge"))
    take_field (words, action);
  else if (take_word (words, "truncate"))
    action->n_icmp = take_number (words, LAB_MAX_PACKET);
  else if (take_word (words, "grow"))
    action->n_grow = take_number (words, LAB_MAX_PACKET);
  else if (take_word (words, "fragment"))
    take_fragment (words, action);
  else if (take_word (words, "quote"))
    action->n_quote = take_number (words, LAB_MAX_PACKET);
  else if (take_word (words, "garbage"))
    action->is_garbage = true;
  else
    return false;

  return true;
}

static LabKind
take_kind (Words *words)
{
  static const char *const names[] = { "lose",     "reply",       "replay",
                                       "exceeded", "unreachable", "too-big" };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (take_word (words, names[i]))
      return i;

  words->bad = "an action is expected";

  return LAB_LOSE;
}

static void
take_action (Words *words, LabAction *ret_action)
{
  LabAction action = {
    .kind = take_kind (words),
    .times = 1,
    .ttl = 64,
    .flip_offset = LAB_NO_FLIP,
    .is_sealed = true,
    .n_icmp = LAB_ALL,
    .n_quote = LAB_ALL,
  };

  if (action.kind >= LAB_EXCEEDED)
    action.code = take_number (words, action.kind == LAB_TOO_BIG ? UINT16_MAX : UINT8_MAX);
  while (words->bad == NULL && take_modifier (words, &action))
    continue;

  *ret_action = action;
}

static void
take_conditions (Words *words, LabRule *rule)
{
  rule->share = 100;
  rule->every = 1;
  rule->prefix = take_prefix (words);
  if (take_word (words, "share"))
    rule->share = take_number (words, 100);
  if (take_word (words, "every"))
    rule->every = take_number (words, 1000000000);
  if (rule->every == 0)
    words->bad = "every 0 never comes";
  if (take_word (words, "from"))
    rule->from = take_number (words, 1000000000);
  if (take_word (words, "ttl"))
    rule->ttl = take_number (words, 255);
}

static void
take_rule (Words *words, LabScript *script, uint32_t line)
{
  LabRule *rule = &script->rules[script->n_rules];

  if (line > UINT8_MAX || script->n_rules == LAB_MAX_RULES)
    {
      words->bad = "too many lines";
      return;
    }

  *rule = (LabRule){ .line = line };
  take_conditions (words, rule);
  do
    {
      if (rule->n_actions == LAB_MAX_ACTIONS)
        words->bad = "too many actions";
      else
        take_action (words, &rule->actions[rule->n_actions++]);
    }
  while (words->bad == NULL && take_word (words, "and"));
  script->n_rules++;
}

/* Returns what is wrong, or NULL. */
static const char *
take_line (LabScript *script, char *text, uint32_t line)
{
  Words words = { 0 };

  *strchrnul (text, '#') = '\0';
  words.token = strtok_r (text, " \t\n", &words.rest);
  if (words.token == NULL)
    return NULL;

  if (take_word (&words, "seed"))
    script->random = take_number (&words, UINT32_MAX);
  else if (take_word (&words, "end"))
    script->end_s = take_number (&words, 600);
  else if (take_word (&words, "on"))
    take_rule (&words, script, line);
  else
    return "seed, end or on is expected";

  if (words.bad == NULL && words.token != NULL)
    return "there is a word too many";

  return words.bad;
}

bool
lab_script_load (LabScript *script, const char *file_name, char ret_error[static 256])
{
  FILE *stream = fopen (file_name, "re");
  char text[1024];
  const char *bad = NULL;
  uint32_t line = 0;

  if (stream == NULL)
    {
      snprintf (ret_error, 256, "%s: %s", file_name, strerror (errno));
      return false;
    }

  *script = (LabScript){ .random = 1, .end_s = 60 };
  while (bad == NULL && fgets (text, sizeof text, stream) != NULL)
    bad = take_line (script, text, ++line);
  fclose (stream);
  if (bad != NULL)
    snprintf (ret_error, 256, "%s:%u: %s", file_name, line, bad);

  return bad == NULL;
}

double
lab_script_random (LabScript *script)
{
  uint64_t x = script->random += UINT64_C (0x9e3779b97f4a7c15);

  /* SplitMix64 */
  x = (x ^ x >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C (0x94d049bb133111eb);

  return (double) ((x ^ x >> 31) >> 11) / (double) (UINT64_C (1) << 53);
}

static bool
is_in (const LabPrefix *prefix, const LabRequest *request)
{
  size_t n_bytes = prefix->bits / 8;
  uint8_t rest = prefix->bits % 8 > 0 ? 0xff << (8 - prefix->bits % 8) : 0;

  if (prefix->family == 0)
    return true;

  return prefix->family == request->family &&
         memcmp (prefix->address, request->destination, n_bytes) == 0 &&
         (rest == 0 || ((prefix->address[n_bytes] ^ request->destination[n_bytes]) & rest) == 0);
}

LabRule *
lab_script_find (LabScript *script, const LabRequest *request)
{
  for (size_t i = 0; i < script->n_rules; i++)
    {
      LabRule *rule = &script->rules[i];

      if (!is_in (&rule->prefix, request) || (rule->ttl != 0 && rule->ttl != request->ttl))
        continue;
      if (rule->n_seen++ % rule->every == rule->from &&
          (rule->share >= 100 || lab_script_random (script) * 100 < rule->share))
        return rule;
    }

  return NULL;
}
