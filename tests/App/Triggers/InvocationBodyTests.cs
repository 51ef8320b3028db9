using System.Text;
using System.Text.Json;
using Serverless.App.Triggers;

namespace Serverless.App.Tests.Triggers;

public sealed class InvocationBodyTests
{
    [Theory]
    [InlineData("\"[\\\"eyJhIjoxfQ==\\\"]\"", "{\"a\":1}")]
    [InlineData("\"[\\\"eA==\\\",\\\"eQ==\\\"]\"", "x|y")]
    [InlineData("[\"eA==\",\"eQ==\"]", "x|y")]
    [InlineData("\"eA==\"", "x")]
    [InlineData("\"[\\\"\\\",\\\"eA==\\\"]\"", "|x")]
    [InlineData("\"[\\\"%%%\\\",\\\"eA==\\\"]\"", "null|x")]
    [InlineData("\"[null,5,{\\\"a\\\":[1]},[\\\"eA==\\\"],\\\"eA==\\\"]\"", "null|null|null|null|x")]
    [InlineData("[null,5,\"eA==\"]", "null|null|x")]
    [InlineData("\"[]\"", "")]
    [InlineData("[]", "")]
    public void Bodies_are_base64_one_or_many_and_what_is_none_is_null(string events, string expected)
    {
        using var body = Parse("{\"Data\":{\"events\":" + events + "},\"Metadata\":{}}");

        var bodies = InvocationBody.Bodies(body.Data("events"));

        Assert.Equal(expected, string.Join('|', bodies.Select(one => one is null ? "null" : Encoding.UTF8.GetString(one))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("\"plain text\"")]
    [InlineData("\"{}\"")]
    [InlineData("\"[\\\"eA==\\\"\"")]
    [InlineData("\"\"")]
    public void What_has_neither_form_is_refused(string events)
    {
        using var body = Parse("{\"Data\":{\"events\":" + events + "}}");

        Assert.ThrowsAny<JsonException>(() => InvocationBody.Bodies(body.Data("events")));
    }

    [Theory]
    [InlineData("\"[1,2]\"", "[1,2]")]
    [InlineData("[1,2]", "[1,2]")]
    [InlineData("\"\\\"host-1\\\"\"", "\"host-1\"")]
    [InlineData("\"plain\"", "\"plain\"")]
    [InlineData("\"100\"", "100")]
    [InlineData("{\"src\":\"agent\"}", "{\"src\":\"agent\"}")]
    public void Metadata_are_looked_at_twice(string value, string expected)
    {
        using var body = Parse("{\"Metadata\":{\"x\":" + value + "}}");

        Assert.Equal(expected, body.Metadata("x")?.GetRawText());
    }

    [Fact]
    public void Nothing_need_be_there()
    {
        using var empty = Parse("{}");
        using var odd = Parse("""{"Data":5,"Metadata":[]}""");
        using var lower = Parse("""{"data":{"events":"eA=="}}""");

        Assert.Null(empty.Metadata("x"));
        Assert.Equal(JsonValueKind.Undefined, odd.Data("events").ValueKind);
        Assert.Equal("eA==", lower.Data("events").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    public void What_is_no_object_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Parse(json));

    private static InvocationBody Parse(string json) => InvocationBody.Parse(Encoding.UTF8.GetBytes(json));
}
