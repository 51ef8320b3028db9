using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Domain.Tests.Devices;

public sealed class JsonMergeTests
{
    [Theory] // RFC 7396, appendix A, as far as its documents are objects
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":1}""", """{"a":{"b":null,"c":2}}""", """{"a":{"c":2}}""")]
    [InlineData("""{"a":1}""", """{}""", """{"a":1}""")]
    public void A_patch_merges_as_the_standard_says(string target, string patch, string expected)
    {
        var before = JsonNode.Parse(target)!.AsObject();
        var change = JsonNode.Parse(patch)!.AsObject();

        var result = JsonMerge.Apply(before, change);

        Assert.Equal(expected, result.ToJsonString());
        Assert.Equal((target, patch), (before.ToJsonString(), change.ToJsonString()));
    }
}
