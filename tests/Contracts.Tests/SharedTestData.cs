namespace JobForge.Contracts.Tests;

/// <summary>Finds the public test suites, which lie beside the project (see CONTRIBUTING), and skips with a reason where they are absent.</summary>
internal static class SharedTestData
{
    /// <summary>The folder's path; skips the running test when there is none.</summary>
    public static string Require(string folder)
    {
        var path = Path.Combine(ProjectRoot(), "..", "shared", "testdata", folder);
        Assert.SkipUnless(Directory.Exists(path), $"The test data ../shared/testdata/{folder} is absent.");
        return path;
    }

    private static string ProjectRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "JobForge.Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The solution file is nowhere above the tests.");
    }
}
