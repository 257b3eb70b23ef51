using System.Globalization;
using System.Text;

namespace Aeamc.P2P.Node.Configuration;

/// <summary>
/// Reads the part of TOML 1.0 that a configuration needs: tables, dotted table names, bare keys, strings, integers, booleans and arrays of
/// them. Dates, floats, inline tables, multi-line strings and arrays of tables are refused by name, with file and line: a file that this
/// reader accepts means the same to every other TOML reader.
/// </summary>
public sealed class TomlReader
{
    /// <summary>No sane configuration is larger.</summary>
    public const int MaximumCharacters = 256 * 1024;

    private readonly string _file;
    private readonly string _text;
    private int _at;
    private int _line = 1;

    private TomlReader(string file, string text)
    {
        _file = file;
        _text = text;
    }

    /// <summary>Parses <paramref name="text"/> into values by full dotted key, in the file's order.</summary>
    /// <exception cref="ConfigException">The text is not in the subset, or a key stands twice.</exception>
    public static IReadOnlyList<KeyValuePair<string, TomlValue>> Read(string file, string text)
    {
        if (text.Length > MaximumCharacters)
        {
            throw ConfigException.At(file, 1, "", $"The file has {text.Length} characters.", $"Keep it under {MaximumCharacters}.");
        }

        return new TomlReader(file, text).ReadDocument();
    }

    private List<KeyValuePair<string, TomlValue>> ReadDocument()
    {
        var values = new List<KeyValuePair<string, TomlValue>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tables = new HashSet<string>(StringComparer.Ordinal);
        string table = "";
        while (SkipBlank(acrossLines: true))
        {
            if (Peek() == '[')
            {
                table = ReadTableName();
                if (!tables.Add(table))
                {
                    throw Wrong(table, "The table stands twice.", "Merge the two.");
                }
            }
            else
            {
                string key = table.Length == 0 ? ReadKey() : $"{table}.{ReadKey()}";
                SkipBlank(acrossLines: false);
                Expect('=', key);
                SkipBlank(acrossLines: false);
                TomlValue value = ReadValue(key, depth: 0);
                if (!seen.Add(key))
                {
                    throw Wrong(key, "The key stands twice.", "Remove one.");
                }

                values.Add(new(key, value));
            }

            SkipBlank(acrossLines: false);
            if (_at < _text.Length && Peek() is not ('\n' or '\r'))
            {
                throw Wrong("", $"Unexpected '{Peek()}' after the end of the statement.", "Put one statement on a line.");
            }
        }

        return values;
    }

    private string ReadTableName()
    {
        Expect('[', "");
        if (_at < _text.Length && Peek() == '[')
        {
            throw Wrong("", "Arrays of tables are not used here.", "Write a plain [table].");
        }

        SkipBlank(acrossLines: false);
        string name = ReadKey();
        SkipBlank(acrossLines: false);
        Expect(']', name);
        return name;
    }

    private string ReadKey()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '_' or '-' or '.'))
        {
            _at++;
        }

        string key = _text[start.._at];
        if (key.Length == 0 || key.StartsWith('.') || key.EndsWith('.') || key.Contains("..", StringComparison.Ordinal))
        {
            throw Wrong("", "A key was expected here.", "Write  key = value  with letters, digits, '_' and '-'.");
        }

        return key;
    }

    private TomlValue ReadValue(string key, int depth)
    {
        if (_at >= _text.Length || Peek() is '\n' or '\r' or '#')
        {
            throw Wrong(key, "The value is missing.", "Write one after '='.");
        }

        int line = _line;
        switch (Peek())
        {
            case '"':
                return new TomlString(ReadBasicString(key), line);
            case '\'':
                return new TomlString(ReadLiteralString(key), line);
            case '[' when depth < 4:
                return ReadArray(key, depth, line);
            case '{':
                throw Wrong(key, "Inline tables are not used here.", "Write a [table] of its own.");
            default:
                return ReadWord(key, line);
        }
    }

    private TomlArray ReadArray(string key, int depth, int line)
    {
        Expect('[', key);
        var items = new List<TomlValue>();
        while (true)
        {
            if (!SkipBlank(acrossLines: true))
            {
                throw Wrong(key, "The array is not closed.", "Add ']'.");
            }

            if (Peek() == ']')
            {
                _at++;
                return new TomlArray(items, line);
            }

            items.Add(ReadValue(key, depth + 1));
            SkipBlank(acrossLines: true);
            if (_at < _text.Length && Peek() == ',')
            {
                _at++;
            }
            else if (_at >= _text.Length || Peek() != ']')
            {
                throw Wrong(key, "A ',' or ']' was expected in the array.", "Separate items with commas.");
            }
        }
    }

    private TomlValue ReadWord(string key, int line)
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '_' or '-' or '+' or '.' or ':'))
        {
            _at++;
        }

        string word = _text[start.._at];
        if (word is "true" or "false")
        {
            return new TomlBoolean(word == "true", line);
        }

        bool underscoresStand = !word.StartsWith('_') && !word.EndsWith('_') && !word.Contains("__", StringComparison.Ordinal);
        string digits = word.Replace("_", "", StringComparison.Ordinal);
        bool leadingZero = digits.TrimStart('+', '-') is { Length: > 1 } bare && bare[0] == '0';
        if (underscoresStand && !leadingZero && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return new TomlInteger(number, line);
        }

        throw Wrong(key, $"'{word}' is no value that is used here.", "Quote a text, write a whole number, or true or false.");
    }

    private string ReadBasicString(string key)
    {
        Expect('"', key);
        var text = new StringBuilder();
        while (_at < _text.Length && Peek() is not ('\n' or '\r'))
        {
            char c = _text[_at++];
            if (c == '"')
            {
                return text.ToString();
            }

            if (char.IsControl(c) && c != '\t')
            {
                throw Wrong(key, "A control character stands in the string.", "Write it as \\uXXXX.");
            }

            text.Append(c == '\\' ? ReadEscape(key) : c.ToString());
        }

        throw Wrong(key, "The string is not closed.", "Add '\"' on the same line.");
    }

    private string ReadEscape(string key)
    {
        char code = _at < _text.Length ? _text[_at++] : '\0';
        switch (code)
        {
            case 'n': return "\n";
            case 't': return "\t";
            case 'r': return "\r";
            case 'b': return "\b";
            case 'f': return "\f";
            case '"': return "\"";
            case '\\': return "\\";
            case 'u' when TryReadHex(4, out int unit) && !char.IsSurrogate((char)unit):
                return ((char)unit).ToString();
            case 'U' when TryReadHex(8, out int scalar) && Rune.IsValid(scalar):
                return new Rune(scalar).ToString();
            default:
                throw Wrong(key, $"'\\{code}' is no escape.", "Use \\n, \\t, \\\", \\\\, \\uXXXX, or a 'literal string'.");
        }
    }

    private bool TryReadHex(int digits, out int value)
    {
        value = 0;
        if (_at + digits > _text.Length ||
            !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        _at += digits;
        return true;
    }

    private string ReadLiteralString(string key)
    {
        Expect('\'', key);
        int start = _at;
        while (_at < _text.Length && Peek() is not ('\n' or '\r'))
        {
            if (_text[_at++] == '\'')
            {
                return _text[start..(_at - 1)];
            }
        }

        throw Wrong(key, "The string is not closed.", "Add \"'\" on the same line.");
    }

    /// <summary>Skips blanks and comments; across lines when asked. Returns false at the end of the text.</summary>
    private bool SkipBlank(bool acrossLines)
    {
        while (_at < _text.Length)
        {
            char c = Peek();
            if (c is ' ' or '\t')
            {
                _at++;
            }
            else if (c == '#')
            {
                while (_at < _text.Length && Peek() != '\n')
                {
                    _at++;
                }
            }
            else if (acrossLines && (c is '\n' or '\r'))
            {
                _at++;
                if (c == '\n')
                {
                    _line++;
                }
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private char Peek() => _text[_at];

    private void Expect(char wanted, string key)
    {
        if (_at >= _text.Length || _text[_at] != wanted)
        {
            throw Wrong(key, $"'{wanted}' was expected here.", "Write  key = value  or  [table].");
        }

        _at++;
    }

    private ConfigException Wrong(string key, string wrong, string mend) => ConfigException.At(_file, _line, key, wrong, mend);
}
