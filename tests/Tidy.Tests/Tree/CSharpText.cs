namespace JobForge.Tidy.Tests.Tree;

/// <summary>A span of a file's text: a comment with its marks, or a literal without its quotes.</summary>
public sealed record TextSpan(int Offset, string Text);

/// <summary>
/// C# text in three parts. <see cref="Code"/> has the length of the text, with blanks where comments and literals were, so that a pattern for code cannot
/// match inside them and offsets stay true. The expressions inside interpolated strings count as code.
/// </summary>
public sealed class CSharpText
{
    private readonly string _text;
    private readonly char[] _code;
    private readonly List<TextSpan> _comments = [];
    private readonly List<TextSpan> _literals = [];

    private CSharpText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
        ScanCode(0, inHole: false);
        Code = new string(_code);
    }

    public string Code { get; }

    public IReadOnlyList<TextSpan> Comments => _comments;

    public IReadOnlyList<TextSpan> Literals => _literals;

    public static CSharpText Split(string text) => new(text);

    /// <summary>Scans from <paramref name="at"/> to the end, or to the brace that closes an interpolation's hole; answers where it stopped.</summary>
    private int ScanCode(int at, bool inHole)
    {
        var depth = 0;
        while (at < _text.Length)
        {
            switch (_text[at])
            {
                case '/' when Next(at) == '/':
                    at = Comment(at, EndOfLine(at));
                    break;
                case '/' when Next(at) == '*':
                    at = Comment(at, After("*/", at + 2));
                    break;
                case '\'':
                    at = CharLiteral(at);
                    break;
                case '"':
                    at = StringLiteral(at);
                    break;
                case '{':
                    depth++;
                    at++;
                    break;
                case '}' when inHole && depth == 0:
                    return at;
                case '}':
                    depth--;
                    at++;
                    break;
                default:
                    at++;
                    break;
            }
        }

        return at;
    }

    private int StringLiteral(int quote)
    {
        var dollars = 0;
        var verbatim = false;
        for (var i = quote - 1; i >= 0 && _text[i] is '$' or '@'; i--)
        {
            dollars += _text[i] == '$' ? 1 : 0;
            verbatim |= _text[i] == '@';
        }

        var quotes = Run('"', quote);
        return quotes >= 3 && !verbatim ? RawString(quote, quotes, dollars)
            : PlainString(quote + 1, verbatim, interpolated: dollars > 0);
    }

    private int PlainString(int start, bool verbatim, bool interpolated)
    {
        var from = start;
        var at = start;
        while (at < _text.Length && (_text[at] != '"' || (verbatim && Next(at) == '"')))
        {
            if (_text[at] == '\\' && !verbatim)
            {
                at += 2;
            }
            else if (_text[at] == '"' || (interpolated && _text[at] is '{' or '}' && Next(at) == _text[at]))
            {
                at += 2;
            }
            else if (interpolated && _text[at] == '{')
            {
                Literal(from, at);
                at = ScanCode(at + 1, inHole: true) + 1;
                from = at;
            }
            else
            {
                at++;
            }
        }

        Literal(from, at);
        return at + 1;
    }

    private int RawString(int quote, int quotes, int dollars)
    {
        var from = quote + quotes;
        var at = from;
        while (at < _text.Length)
        {
            if (_text[at] == '"' && Run('"', at) is var run && run >= quotes)
            {
                Literal(from, at);
                return at + run;
            }

            var braces = dollars > 0 ? Run('{', at) : 0;
            if (braces >= dollars && braces > 0)
            {
                Literal(from, at);
                at = ScanCode(at + braces, inHole: true) + dollars;
                from = at;
            }
            else
            {
                at += Math.Max(1, _text[at] == '"' ? Run('"', at) : braces);
            }
        }

        Literal(from, at);
        return at;
    }

    private int CharLiteral(int quote)
    {
        var at = quote + 1;
        while (at < _text.Length && _text[at] is not ('\'' or '\n'))
        {
            at += _text[at] == '\\' ? 2 : 1;
        }

        Literal(quote + 1, at);
        return at + 1;
    }

    private int Comment(int from, int to)
    {
        _comments.Add(new TextSpan(from, _text[from..to]));
        Blank(from, to);
        return to;
    }

    private void Literal(int from, int to)
    {
        to = Math.Min(to, _text.Length);
        if (to > from)
        {
            _literals.Add(new TextSpan(from, _text[from..to]));
            Blank(from, to);
        }
    }

    private void Blank(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            _code[i] = _text[i] == '\n' ? '\n' : ' ';
        }
    }

    private char Next(int at) => at + 1 < _text.Length ? _text[at + 1] : '\0';

    private int Run(char symbol, int at)
    {
        var end = at;
        while (end < _text.Length && _text[end] == symbol)
        {
            end++;
        }

        return end - at;
    }

    private int EndOfLine(int at) => _text.IndexOf('\n', at) is var end and >= 0 ? end : _text.Length;

    private int After(string mark, int at) => _text.IndexOf(mark, at, StringComparison.Ordinal) is var end and >= 0 ? end + mark.Length : _text.Length;
}
