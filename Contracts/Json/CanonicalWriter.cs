using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace JobForge.Contracts.Json;

/// <summary>
/// One pass over the tokens, writing canonical text as it goes. The members of an object are written in the order they come, and
/// only when that was not the canonical one are their finished bytes put in order, so sorted input costs no second copy.
/// </summary>
internal sealed class CanonicalWriter
{
    private const int MaxDepth = 64;

    private readonly List<Member> _members = [];
    private byte[] _output = new byte[1024];
    private byte[] _scratch = new byte[256];
    private readonly Comparison<Member> _compare;
    private int _length;

    public CanonicalWriter() => _compare = Compare;

    public int Capacity => _output.Length;

    /// <summary>The canonical form; valid until the next call.</summary>
    /// <exception cref="JsonException">The text is no JSON, or has no canonical form.</exception>
    public ReadOnlySpan<byte> Canonicalise(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("Text is not valid UTF-8.");
        }

        _length = 0;
        _members.Clear();
        Utf8JsonReader reader = new(json, new JsonReaderOptions
        {
            MaxDepth = MaxDepth,
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        reader.Read();
        WriteValue(ref reader);
        return _output.AsSpan(0, _length);
    }

    private void WriteValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader);
                break;
            case JsonTokenType.String:
                WriteString(ref reader);
                break;
            case JsonTokenType.Number:
                _length += CanonicalNumber.Write(reader.ValueSpan, Room(Math.Max(CanonicalNumber.MaxLength, reader.ValueSpan.Length)));
                break;
            default:
                Append(reader.ValueSpan);
                break;
        }
    }

    private void WriteArray(ref Utf8JsonReader reader)
    {
        Append((byte)'[');
        var start = _length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (_length > start)
            {
                Append((byte)',');
            }

            WriteValue(ref reader);
        }

        Append((byte)']');
    }

    private void WriteObject(ref Utf8JsonReader reader)
    {
        Append((byte)'{');
        var first = _members.Count;
        var sorted = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = WriteMember(ref reader);
            sorted = sorted && (_members.Count == first || Compare(_members[^1], member) < 0);
            _members.Add(member);
        }

        if (!sorted)
        {
            SortMembers(first);
        }

        if (_members.Count > first)
        {
            // Every member was written with a comma behind it; the last one's goes.
            _length--;
            _members.RemoveRange(first, _members.Count - first);
        }

        Append((byte)'}');
    }

    private Member WriteMember(ref Utf8JsonReader reader)
    {
        var start = _length;
        WriteString(ref reader);
        var nameEnd = _length;
        var name = _output.AsSpan(start + 1, nameEnd - start - 2);
        var decoded = Ascii.IsValid(name) && !name.Contains((byte)'\\') ? null : reader.GetString();
        Append((byte)':');
        reader.Read();
        WriteValue(ref reader);
        Append((byte)',');
        return new(start, nameEnd, _length, decoded);
    }

    private void SortMembers(int first)
    {
        Order(CollectionsMarshal.AsSpan(_members)[first..]);
        var start = _length;
        for (var i = first; i < _members.Count; i++)
        {
            start = Math.Min(start, _members[i].Start);
            if (i > first && Compare(_members[i - 1], _members[i]) == 0)
            {
                throw new JsonException("An object names one member twice.");
            }
        }

        var size = _length - start;
        if (_scratch.Length < size)
        {
            _scratch = new byte[Math.Max(size, _scratch.Length * 2)];
        }

        var at = 0;
        for (var i = first; i < _members.Count; i++)
        {
            var bytes = _output.AsSpan(_members[i].Start, _members[i].End - _members[i].Start);
            bytes.CopyTo(_scratch.AsSpan(at));
            at += bytes.Length;
        }

        _scratch.AsSpan(0, size).CopyTo(_output.AsSpan(start));
    }

    private void Order(Span<Member> members)
    {
        const int few = 24;
        if (members.Length > few)
        {
            members.Sort(_compare);
            return;
        }

        // Most objects are small, and much of theirs is in order already.
        for (var i = 1; i < members.Length; i++)
        {
            var member = members[i];
            var place = i;
            for (; place > 0 && Compare(members[place - 1], member) > 0; place--)
            {
                members[place] = members[place - 1];
            }

            members[place] = member;
        }
    }

    /// <summary>By UTF-16 units. Plain ASCII names compare as bytes; their order is the same.</summary>
    private int Compare(Member left, Member right) => left.Decoded is null && right.Decoded is null
        ? NameOf(left).SequenceCompareTo(NameOf(right))
        : string.CompareOrdinal(left.Decoded ?? Encoding.ASCII.GetString(NameOf(left)), right.Decoded ?? Encoding.ASCII.GetString(NameOf(right)));

    private ReadOnlySpan<byte> NameOf(Member member) => _output.AsSpan(member.Start + 1, member.NameEnd - member.Start - 2);

    private void WriteString(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            Append((byte)'"');
            Append(reader.ValueSpan);
            Append((byte)'"');
            return;
        }

        if (_scratch.Length < reader.ValueSpan.Length)
        {
            _scratch = new byte[reader.ValueSpan.Length];
        }

        WriteEscaped(_scratch.AsSpan(0, Unescape(ref reader)));
    }

    private int Unescape(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.CopyString(_scratch);
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("Text holds half a surrogate pair.", half);
        }
    }

    private void WriteEscaped(ReadOnlySpan<byte> text)
    {
        Append((byte)'"');
        foreach (var unit in text)
        {
            switch (unit)
            {
                case (byte)'"' or (byte)'\\':
                    Append((byte)'\\');
                    Append(unit);
                    break;
                case >= 0x20:
                    Append(unit);
                    break;
                default:
                    AppendControl(unit);
                    break;
            }
        }

        Append((byte)'"');
    }

    private void AppendControl(byte unit)
    {
        Append((byte)'\\');
        switch (unit)
        {
            case (byte)'\b':
                Append((byte)'b');
                break;
            case (byte)'\t':
                Append((byte)'t');
                break;
            case (byte)'\n':
                Append((byte)'n');
                break;
            case (byte)'\f':
                Append((byte)'f');
                break;
            case (byte)'\r':
                Append((byte)'r');
                break;
            default:
                Append(unit < 0x10 ? "u000"u8 : "u001"u8);
                Append("0123456789abcdef"u8[unit & 0xF]);
                break;
        }
    }

    private void Append(byte unit)
    {
        Room(1)[0] = unit;
        _length++;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Room(int count)
    {
        if (_output.Length - _length < count)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _length + count));
        }

        return _output.AsSpan(_length);
    }

    /// <summary>Where a member's bytes lie; <paramref name="Decoded"/> only for names that do not sort as their bytes do.</summary>
    private readonly record struct Member(int Start, int NameEnd, int End, string? Decoded);
}
