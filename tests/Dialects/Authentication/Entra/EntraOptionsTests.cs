using System.Text.Json.Nodes;
using Serverless.Dialects.Authentication.Entra;

namespace Serverless.Dialects.Tests.Authentication.Entra;

/// <summary>The setting as it is written.</summary>
public sealed class EntraOptionsTests
{
    private const string Good = """
        {
          "directory": "f8cdef31-a31e-4b4a-93e4-5f571e91255a", // ours
          "audiences": ["6e74172b-be56-4843-9ff4-e66a39bb12e3"],
          "mappings": [ { "role": "Telemetry.Read", "tenant": "t1", "roles": ["reader"] }, ],
        }
        """;

    [Fact]
    public void What_is_not_said_is_the_global_cloud()
    {
        var options = EntraOptions.Parse(Good);

        Assert.Equal("https://login.microsoftonline.com/", options.Authority.AbsoluteUri);
        Assert.Equal([Guid.Parse("f8cdef31-a31e-4b4a-93e4-5f571e91255a")], options.Directories());
        Assert.Equal("Telemetry.Read", Assert.Single(options.Mappings).Role);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.us", true)]
    [InlineData("https://login.partner.microsoftonline.cn/", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://login.microsoftonline.com", false)]
    [InlineData("https://login.microsoftonline.com/common", false)]
    [InlineData("https://login.microsoftonline.com?a=b", false)]
    [InlineData("https://me@login.microsoftonline.com", false)]
    [InlineData("login.microsoftonline.com", false)]
    [InlineData("", false)]
    [InlineData(null, true)]
    public void An_authority_is_reached_by_tls_or_on_this_machine(string? instance, bool good) =>
        Assert.Equal(good, Record.Exception(() => Parse(json => json["instance"] = instance)) is null);

    [Theory]
    [InlineData("directory", "\"common\"", "directory")]
    [InlineData("directory", "\"contoso.onmicrosoft.com\"", "directory")]
    [InlineData("directory", "\"organizations\"", "mappings[0].directory")]
    [InlineData("directory", "null", "directory")]
    [InlineData("audiences", "[]", "audiences")]
    [InlineData("audiences", "[\" \"]", "audiences")]
    [InlineData("audiences", "null", "audiences")]
    [InlineData("audiences", "\"us\"", "audiences")]
    [InlineData("mappings", "[]", "mappings")]
    [InlineData("mappings", "[null]", "mappings")]
    [InlineData("mappings", """[{"tenant":"t1","roles":["reader"]}]""", "mappings[0]")]
    [InlineData("mappings", """[{"role":"a","tenant":"","roles":["reader"]}]""", "mappings[0].tenant")]
    [InlineData("mappings", """[{"role":"a","roles":["reader"]}]""", "tenant")]
    [InlineData("mappings", """[{"role":"a","tenant":"t1","roles":[]}]""", "mappings[0].roles")]
    [InlineData("mappings", """[{"role":"a","tenant":"t1","roles":["root"]}]""", "mappings[0].roles")]
    [InlineData("mappings", """[{"role":"a","tenant":"t1","roles":["reader"],"directory":"x"}]""", "mappings[0].directory")]
    [InlineData(
        "mappings",
        """[{"role":"a","tenant":"t1","roles":["reader"],"directory":"9d2f0c6e-55d1-4f0b-9a6e-8b6c3a0f4c11"}]""",
        "mappings[0].directory"
    )]
    [InlineData("clientSecret", "\"x\"", "clientSecret")]
    public void What_is_wrong_is_named(string member, string value, string named) =>
        Assert.Contains(
            named,
            Assert.Throws<FormatException>(() => Parse(json => json[member] = JsonNode.Parse(value))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_is_no_object_is_told(string text) => Assert.Throws<FormatException>(() => EntraOptions.Parse(text));

    private static EntraOptions Parse(Action<JsonObject> edit)
    {
        var json = new JsonObject
        {
            ["directory"] = "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
            ["audiences"] = new JsonArray("us"),
            ["mappings"] = JsonNode.Parse("""[{"role":"Telemetry.Read","tenant":"t1","roles":["reader"]}]"""),
        };
        edit(json);
        return EntraOptions.Parse(json.ToJsonString());
    }
}
