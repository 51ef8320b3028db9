using System.Text;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>What is put in the place of what is right.</summary>
internal static class WrongValues
{
    public static readonly string[] Odd =
    [
        "00",
        "-1",
        "99999999999999999999",
        "abc",
        "1.5",
        "null",
        "true",
        "%00",
        "..%2F..",
        "%2F",
        "%252F",
        "a%20b",
        "%F0%9F%A6%9E",
        "%ED%A0%80",
        "%C3%28",
        "'",
        "%22",
        "%3Cb%3E",
        "12%3BDROP",
        "1e309",
        "%5B%5D",
        "%7B%7D",
        "*",
        "%25",
        "+",
        ";",
        "~",
        "9007199254740993",
    ];

    public static readonly string[] NoDates =
    [
        "yesterday",
        "2020-13-45",
        "2020-01-01T25:00:00Z",
        "0000-00-00",
        "2020-01-01T00:00:00+99:00",
        "12",
        "9999-99-99T99",
        "-",
    ];
    public static readonly string[] NoNumbers = ["abc", "1.5", "1e3", "99999999999999999999", "0x10", "NaN", "%00", "--1"];
    public static readonly string[] NoFlags = ["maybe", "1", "TRUEISH", "%00", "null", "-"];

    public static readonly (string What, string Json)[] Values =
    [
        ("null", "null"),
        ("a flag", "true"),
        ("zero", "0"),
        ("a negative number", "-1"),
        ("a fraction", "1.5"),
        ("a number beyond 64 bits", "123456789012345678901234567890"),
        ("a number beyond float64", "1e400"),
        ("an empty text", "\"\""),
        ("a long text", $"\"{new string('x', 5000)}\""),
        ("a text with NUL", "\"a\\u0000b\""),
        ("half a surrogate pair", "\"\\ud800\""),
        ("an empty list", "[]"),
        ("a list of lists", "[[[]]]"),
        ("an empty object", "{}"),
        ("an object", "{\"id\":{\"id\":[1,null]}}"),
        ("a list of objects", "[{\"a\":1},2,null]"),
        ("emoji", "\"🦀\""),
        ("markup", "\"<script>\""),
        ("a time that is none", "\"2020-13-45T99:99:99Z\""),
        ("a path", "\"../../etc/passwd\""),
    ];

    public static readonly (string What, byte[] Body, bool IsObject)[] Bodies =
    [
        ("no body", [], false),
        ("blanks", "   "u8.ToArray(), false),
        ("no JSON", "hello"u8.ToArray(), false),
        ("a JSON text", "\"hello\""u8.ToArray(), false),
        ("a number", "12"u8.ToArray(), false),
        ("the word null", "null"u8.ToArray(), false),
        ("a list", "[]"u8.ToArray(), false),
        ("half an object", "{\"a\":"u8.ToArray(), false),
        ("an object and more", "{}{}"u8.ToArray(), false),
        ("single quotes", "{'a':1}"u8.ToArray(), false),
        ("a trailing comma", "{\"a\":1,}"u8.ToArray(), false),
        ("a member that comes twice", "{\"type\":\"a\",\"type\":\"b\"}"u8.ToArray(), true),
        ("bytes that are no UTF-8", [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d], false),
        ("UTF-16", Encoding.Unicode.GetBytes("{\"a\":1}"), false),
        ("a byte order mark and NULs", [0xef, 0xbb, 0xbf, 0, 0], false),
        ("deep nesting", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 2000)) + "1" + new string('}', 2000)), true),
        ("a deep list", Encoding.UTF8.GetBytes(new string('[', 2000) + new string(']', 2000)), false),
        (
            "many members",
            Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"m{i}\":{i}")) + "}"),
            true
        ),
    ];
}
