using Serverless.Dialects.Cumulocity.Notifications;

namespace Serverless.Dialects.Tests.Cumulocity.Notifications;

public sealed class TypeFilterTests
{
    [Theory]
    [InlineData("c8y_Speed", "c8y_Speed")]
    [InlineData(" c8y_Speed ", "c8y_Speed")]
    [InlineData("'c8y_Speed'", "c8y_Speed")]
    [InlineData("'c8y_Speed' or 'c8y_LocationUpdate'", "c8y_Speed|c8y_LocationUpdate")]
    [InlineData("type eq 'a' OR 'b'or'c d'", "a|b|c d")]
    [InlineData("'it''s'", "it's")]
    [InlineData("''", "")]
    public void Types_are_read(string text, string types) => Assert.Equal(types, string.Join('|', TypeFilter.Parse(text, out _)!));

    [Theory]
    [InlineData("", "A type in single quotes was expected at position 1 of typeFilter.")]
    [InlineData("a b", "A type in single quotes was expected at position 1 of typeFilter.")]
    [InlineData("'a", "A type in single quotes was expected at position 1 of typeFilter.")]
    [InlineData("'a' and 'b'", "or was expected at position 5 of typeFilter.")]
    [InlineData("'a' or", "A type in single quotes was expected at position 7 of typeFilter.")]
    public void What_cannot_be_understood_is_named_by_its_place(string text, string error)
    {
        Assert.Null(TypeFilter.Parse(text, out var found));
        Assert.Equal(error, found);
    }
}
