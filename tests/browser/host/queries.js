// What the page asks Stash, by the names that Stash gives these documents.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";

export const ConfigurationDocument = gql`
  query Configuration {
    configuration {
      plugins
    }
  }
`;

export const ConfigurePluginDocument = gql`
  mutation ConfigurePlugin($plugin_id: ID!, $input: Map!) {
    configurePlugin(plugin_id: $plugin_id, input: $input)
  }
`;

export const PluginsDocument = gql`
  query Plugins {
    plugins {
      id
      name
      enabled
      version
      paths {
        javascript
        css
      }
      settings {
        name
        display_name
        description
        type
      }
    }
  }
`;

export const ScenesDocument = gql`
  query FindScenes {
    findScenes(filter: { per_page: 40, sort: "id" }) {
      count
      scenes {
        id
        title
        date
        files {
          path
        }
        paths {
          screenshot
        }
      }
    }
  }
`;

export const SceneDocument = gql`
  query FindScene($id: ID!) {
    findScene(id: $id) {
      id
      title
      date
      details
      rating100
      files {
        path
      }
      paths {
        screenshot
      }
    }
  }
`;

export const client = new ApolloClient({
  link: new HttpLink({ uri: "/graphql" }),
  cache: new InMemoryCache(),
});
